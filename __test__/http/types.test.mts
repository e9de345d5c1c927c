// The compiler is the test: `npm run check:types` fails where one of these lines means something else.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import type { VerifiedProof } from 'local-first-identity'
import * as forExpress from 'local-first-identity/express'
import * as forFastify from 'local-first-identity/fastify'
import * as forFetch from 'local-first-identity/fetch'
import * as forHono from 'local-first-identity/hono'
import type { Store } from 'local-first-identity/stores'

import { type Equal, holds } from '../holds.mts'
import { audience } from './apps.mts'

const appId = 'test-app'

it('what a request proves is where the framework’s users look', () => {
  express().get('/', forExpress.identityProof({ audience }), forExpress.session({ appId }), (req) => {
    holds<Equal<typeof req.identityProof, VerifiedProof | undefined>>()
    holds<Equal<typeof req.auth, forExpress.Session | undefined>>()
  })

  const preHandler = [forFastify.identityProof({ audience }), forFastify.session({ appId })]
  const app = fastify().get('/', { preHandler }, async (request) => {
    holds<Equal<typeof request.identityProof, VerifiedProof | undefined>>()
    holds<Equal<typeof request.auth, forFastify.Session | undefined>>()
  })

  new Hono().get('/', forHono.identityProof({ audience }), forHono.session({ appId }), (c) => {
    const [proof, auth] = [c.get('identityProof'), c.get('auth')]
    holds<Equal<typeof proof, VerifiedProof>>()
    holds<Equal<typeof auth, forHono.Session>>()
    // @ts-expect-error: no other name.
    c.get('session')
    return c.text(auth.userId)
  })
  assert.equal(app.hasRoute({ method: 'GET', url: '/' }), true)
})

it('a plain request’s results are discriminated unions', async () => {
  const proof = await forFetch.identityProof({ audience })(new Request('http://localhost'))
  holds<Equal<typeof proof, VerifiedProof | forFetch.Refused>>()
  if (proof.ok) holds<Equal<typeof proof.id, string>>()
  else holds<Equal<typeof proof.response, Response>>()

  const auth = await forFetch.session({ appId })(new Request('http://localhost'))
  // @ts-expect-error: whose it is depends on `ok`.
  assert.equal(auth.userId, undefined)
  if (auth.ok) {
    holds<Equal<typeof auth.authMode, 'local-first' | 'external' | 'anonymous'>>()
    // @ts-expect-error: every request with the token has this session.
    auth.userId = 'other'
  }
  assert.deepEqual([proof.ok, auth.ok], [false, false])
})

it('options are typed', () => {
  // @ts-expect-error: the audience is not optional.
  assert.throws(() => forFetch.identityProof({}), TypeError)
  // @ts-expect-error: a misspelt option.
  assert.throws(() => forFetch.session({ appID: 'x' }), TypeError)
  // @ts-expect-error: a mode that there is not.
  assert.throws(() => forExpress.requireAuthMode('guest'), TypeError)
  holds<Equal<Awaited<ReturnType<Store['take']>>, string | undefined>>()
})
