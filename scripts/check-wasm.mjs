// The WebAssembly package: all tests of the addon's functions, and the vectors in every version of Node that is supported
// and in a browser, Chromium, found as `chromium` or named by the variable CHROMIUM.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { stage } from './packages.mjs'
import { binaries, packages } from './platforms.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
stage(binaries, packages)
const addon = join('dist', 'packages', 'wasm32-wasip1', 'wasi.cjs')

// Where Node may load no addon, the loader that the tests import takes WebAssembly.
const modules = join(root, 'target', 'installed', 'wasm')
rmSync(modules, { recursive: true, force: true })
cpSync(join(root, 'dist', 'packages', 'wasm32-wasip1'), join(modules, '@local-first-identity', 'wasm32-wasip1'), {
  recursive: true,
})
const tests = ['arguments', 'interop', 'mint', 'verify', 'workers'].map((name) => `__test__/${name}.test.mts`)
execFileSync(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=dot', ...tests], {
  cwd: root,
  env: { ...process.env, NODE_OPTIONS: '--no-addons', NODE_PATH: modules },
  stdio: 'inherit',
})
console.log(`\n${tests.join(', ')}: passed`)

for (const version of [20, 22, 24, 26]) {
  const args = ['--yes', '-p', `node@${version}`, 'node', 'scripts/vectors.cjs', addon]
  const printed = execFileSync('npx', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  console.log(`Node ${version}: ${printed.trim()}`)
}

const files = {
  '/wasi-browser.mjs': ['text/javascript', 'dist/packages/wasm32-wasip1/wasi-browser.mjs'],
  '/local-first-identity.wasm32-wasip1.wasm': [
    'application/octet-stream',
    'dist/packages/wasm32-wasip1/local-first-identity.wasm32-wasip1.wasm',
  ],
  '/vectors.cjs': ['text/plain', 'scripts/vectors.cjs'],
  '/identities.json': ['application/json', 'vectors/identities.json'],
  '/audiences.json': ['application/json', 'vectors/audiences.json'],
  '/tokens.json': ['application/json', 'vectors/tokens.json'],
}

const page = `<!doctype html><script type="module">
const report = (text) => fetch('/report', { method: 'POST', body: text })
try {
  const json = async (name) => (await fetch('/' + name + '.json')).json()
  const module = { exports: {} }
  new Function('module', await (await fetch('/vectors.cjs')).text())(module)
  const vectors = {
    identities: await json('identities'),
    audiences: await json('audiences'),
    tokens: await json('tokens'),
  }
  await report(module.exports.run(await import('/wasi-browser.mjs'), vectors) + ' vectors passed')
} catch (error) {
  await report('failed: ' + error.stack)
}
</script>`

const server = createServer(async (request, response) => {
  if (request.url === '/report') {
    const chunks = await request.toArray()
    response.end()
    server.emit('report', Buffer.concat(chunks).toString())
  } else if (request.url === '/') {
    response.setHeader('content-type', 'text/html').end(page)
  } else if (files[request.url]) {
    const [type, file] = files[request.url]
    response.setHeader('content-type', type).end(readFileSync(join(root, file)))
  } else {
    response.writeHead(404).end()
  }
}).listen(0, '127.0.0.1')
await once(server, 'listening')

const profile = mkdtempSync(join(tmpdir(), 'check-wasm-'))
const url = `http://127.0.0.1:${server.address().port}/`
const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, url]
const chromium = spawn(process.env.CHROMIUM ?? 'chromium', flags, { stdio: 'ignore' })
try {
  const [report] = await once(server, 'report', { signal: AbortSignal.timeout(60_000) })
  console.log(`Chromium: ${report}`)
  if (!report.endsWith(' vectors passed')) process.exitCode = 1
} finally {
  chromium.kill()
  await once(chromium, 'exit')
  server.close()
  server.closeAllConnections()
  // Its children go on writing for a moment. Only the promise's `rm` starts over when a folder has filled up again.
  await rm(profile, { recursive: true, force: true, maxRetries: 20 })
}
