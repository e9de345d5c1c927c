// The page's files, made once, at start, and kept in memory.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Bundles a script or a style sheet with everything that it imports. */
async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [pathOf(name)],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** The files that the browser gets, by path. */
export const files = {
  '/': { type: 'text/html; charset=utf-8', text: readFileSync(pathOf('index.html'), 'utf8') },
  '/app.js': { type: 'text/javascript; charset=utf-8', text: await bundle('page/app.mts') },
  '/style.css': { type: 'text/css; charset=utf-8', text: await bundle('style.css') },
  '/favicon.svg': { type: 'image/svg+xml', text: readFileSync(pathOf('favicon.svg'), 'utf8') },
}
