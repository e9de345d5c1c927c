// The routes of the page, before all routes of the Better Auth example.

import { Hono } from 'hono'
import { identityProof } from 'local-first-identity/hono'

import { app } from '../better-auth/server.mts'
import { PANEL_AUDIENCE } from './audiences.mts'
import { files } from './files.mts'

const HEADERS = {
  // Only the page's own files run or load. Going to the provider is a plain navigation, which needs no rule.
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // A browser that caches the page would show the old one after a change.
  'Cache-Control': 'no-cache',
}

export const site = new Hono()

for (const [path, { type, text }] of Object.entries(files)) {
  site.get(path, (c) => c.body(text, 200, { ...HEADERS, 'Content-Type': type }))
}

site.post('/proofs', identityProof({ audience: PANEL_AUDIENCE }), (c) => c.json({ id: c.get('identityProof').id }))

// After the page's routes: the first route that matches is taken, and the app has a `/` of its own.
site.route('/', app)
