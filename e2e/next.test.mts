// One app of Next.js with all that docs/deployment.md names: the hook, the plugin on Drizzle, a server action.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import type { Browser, Page } from 'playwright-core'

import { launchChromium, noChromium } from '../__test__/browser/chromium.mts'
import { absence } from '../__test__/services.mts'
import {
  assertJudges,
  cleanUp,
  exchanges,
  filesIn,
  installApp,
  installedBinary,
  newFolder,
  type Running,
  root,
  run,
  skip,
  startServer,
  toolFolder,
} from './support.mts'

const node = process.execPath
const next = 'node_modules/next/dist/bin/next'

const drivers = join(root, '__test__', 'drivers', 'node_modules')
const requireDriver = createRequire(join(drivers, 'x'))
const noSqlite = await absence('better-sqlite3', 'npm ci --prefix __test__/drivers', async () =>
  requireDriver.resolve('better-sqlite3'),
)

/** The packages that the app has no use for, and that would take long to copy. */
const UNUSED = new Set(['bun', 'deno', '@oven', '@deno', 'npm-10', 'pnpm', '@yarnpkg', 'verdaccio', '@verdaccio'])

/** An app with all that it depends on. Turbopack follows no link out of it, so these are copies. */
async function installNextApp(): Promise<string> {
  const cwd = await installApp('next')
  const modules = join(cwd, 'node_modules')
  const unused = new Set([...UNUSED].map((name) => join(toolFolder, name)))
  const filter = (source: string) => !unused.has(source)
  cpSync(toolFolder, modules, { recursive: true, verbatimSymlinks: true, filter })
  for (const name of ['better-sqlite3', 'bindings', 'file-uri-to-path'])
    cpSync(join(drivers, name), join(modules, name), { recursive: true })
  return cwd
}

/** The environment of the app, with its own database. */
function settings(cwd: string) {
  const folder = mkdtempSync(join(cwd, 'data-'))
  const env = {
    BETTER_AUTH_SECRET: 'K3u8s0xq1Zt7Vh4Lw9Rb2Nf6Yc5Gj-Dm',
    DATABASE_FILE: join(folder, 'app.db'),
    MAILBOX: join(folder, 'mailbox'),
  }
  const Sqlite = requireDriver('better-sqlite3')
  const database = new Sqlite(env.DATABASE_FILE)
  database.exec(readFileSync(join(cwd, 'tables.sql'), 'utf8'))
  database.close()
  return env
}

const identityOf = (page: Page) => page.locator('#identity', { hasText: /^[0-9a-f-]{36}$/ }).innerText()

/** What came of a click. */
const said = (page: Page) => page.locator('#said', { hasText: /./ }).innerText()

/** What a running app must do, however it was built. */
function behaves(start: () => Promise<{ server: Running; mailbox: string }>): void {
  let server: Running
  let mailbox: string
  let browser: Browser
  let origin: string

  before(async () => {
    ;[{ server, mailbox }, browser] = await Promise.all([start(), launchChromium()])
    origin = `http://127.0.0.1:${server.port}`
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** A device that no one has used yet, on the app's page. */
  async function newDevice() {
    const page = await (await browser.newContext({ baseURL: origin })).newPage()
    page.setDefaultTimeout(60_000)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto('/')
    return { page, faults, identity: await identityOf(page) }
  }

  const account = async (page: Page) => {
    await page.goto('/')
    return page.locator('#account').innerText()
  }

  it('answers in route handlers, also in that of Better Auth', async () => {
    await assertJudges(server, '/verify')
    const response = await fetch(`${origin}/api/auth/ok`)
    assert.deepEqual([response.status, await response.json()], [200, { ok: true }], server.printed())
  })

  it('takes a proof once in a route handler, by the helper for plain requests', async () => {
    const [{ proofToken, body: good }] = exchanges('my-app-signup')
    const signUp = async (proofToken: unknown) => {
      const response = await fetch(`${origin}/signup`, { method: 'POST', body: JSON.stringify({ proofToken }) })
      const { jazzId, code } = await response.json()
      return [response.status, jazzId ?? code]
    }
    assert.deepEqual(await signUp(proofToken), [201, good.id], server.printed())
    assert.deepEqual(await signUp(proofToken), [401, 'already-used'], server.printed())
    assert.deepEqual(await signUp(42), [400, 'malformed'], server.printed())
  })

  it('renders the hook on the server', async () => {
    const response = await fetch(origin)
    const html = await response.text()
    assert.equal(response.status, 200, server.printed())
    assert.match(html, /<output id="account">signed out<\/output>/)
    assert.match(html, /<output id="identity">loading<\/output>/)
  })

  it('shows the identity in the browser, the same one after a reload, without an error', async () => {
    const { page, faults, identity } = await newDevice()
    await page.reload()
    assert.equal(await identityOf(page), identity)
    assert.deepEqual(faults, [])
  })

  it('signs up by e-mail with the identity, and has a session', async () => {
    const { page, faults, identity } = await newDevice()
    await page.fill('[name=email]', 'ada@example.com')
    await page.fill('[name=password]', 'correct horse battery')
    await page.getByRole('button', { name: 'Sign up' }).click()
    assert.equal(await said(page), 'signed up', server.printed())
    assert.equal(await account(page), `ada@example.com ${identity}`)
    assert.deepEqual(faults, [])
  })

  it('signs up by a magic link, which a server action sends, with the identity', async () => {
    const { page, faults, identity } = await newDevice()
    await page.fill('[name=email]', 'bob@example.com')
    await page.getByRole('button', { name: 'Send link' }).click()
    assert.equal(await said(page), 'sent', server.printed())
    await page.goto(readFileSync(mailbox, 'utf8').trim())
    assert.equal(await account(page), `bob@example.com ${identity}`)
    assert.deepEqual(faults, [])
  })
}

describe('Next.js', { skip: skip || noChromium || noSqlite }, () => {
  let cwd: string
  before(async () => {
    cwd = await installNextApp()
  })

  for (const bundler of ['turbopack', 'webpack']) {
    describe(bundler, () => {
      const start = (command: string, ...args: string[]) =>
        behaves(async () => {
          const env = settings(cwd)
          const server = await startServer(node, [next, command, '--hostname', '127.0.0.1', ...args], { cwd, env })
          return { server, mailbox: env.MAILBOX }
        })

      describe('next dev', () => {
        start('dev', `--${bundler}`)
      })

      describe('next build, next start', () => {
        before(async () => {
          await run(node, [next, 'build', `--${bundler}`], { cwd, env: settings(cwd) })
        })
        start('start')
      })

      it('serves from a standalone folder, with one binary and nothing beside it', async () => {
        const folder = join(newFolder('elsewhere'), 'app')
        renameSync(join(cwd, '.next', 'standalone'), folder)
        assert.deepEqual(
          filesIn(folder).filter((name) => name.includes('@local-first-identity/') && name.endsWith('.node')),
          [installedBinary],
        )
        const [modules, away] = ['node_modules', 'put-away'].map((name) => join(cwd, name)) as [string, string]
        renameSync(modules, away)
        let server: Running | undefined
        try {
          server = await startServer(node, ['server.js'], { cwd: folder, env: settings(cwd) })
          await assertJudges(server, '/verify')
          const response = await fetch(`http://127.0.0.1:${server.port}`)
          assert.equal(response.status, 200, server.printed())
          assert.match(await response.text(), /<output id="identity">loading<\/output>/)
        } finally {
          await server?.stop()
          renameSync(away, modules)
        }
      })
    })
  }
})

after(cleanUp)
