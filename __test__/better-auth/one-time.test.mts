// One proof, one use; one identity, one account: under load, on every database.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { getCurrentAdapter } from '@better-auth/core/context'
import type { Pool } from 'mysql2/promise'
import type pg from 'pg'

import { type App, device, newForm, startApp, withApp } from './app.mts'
import { type Answer, serverErrors } from './browser.mts'
import { type Database, databases, serialDatabases, uuidDatabases } from './databases.mts'

const MANY = 50

const count = (answers: Answer[]) => {
  const counts: Record<string, number> = {}
  for (const { status, code = 'no error' } of answers) {
    const key = `${status} ${code}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

const owners = async (app: App, identity: string) =>
  (await app.users()).filter(({ id, jazzId }) => id === identity || jazzId === identity).length

/** All at once, each from a browser of its own. */
const atOnce = (app: App, path: string, proofOf: () => string, body: () => object) =>
  Promise.all(
    Array.from({ length: MANY }, () => {
      const browser = app.browser()
      browser.proof = proofOf()
      return browser.send(path, body())
    }),
  )

function suite(database: Database, mode: 'field' | 'user-id'): void {
  describe(`${database.name}, assign: '${mode}'`, { skip: database.skip }, () => {
    let app: App
    before(async () => {
      app = await startApp({ database, plugin: { assign: mode } })
    })
    after(() => app.stop())

    for (const [path, body] of [
      ['/sign-up/email', newForm],
      ['/sign-in/anonymous', () => ({})],
    ] as const) {
      it(`${MANY} at once on ${path} with one proof make one user`, async () => {
        const own = device()
        const proof = own.proof()
        const { '200 no error': made, ...refused } = count(await atOnce(app, path, () => proof, body))
        assert.equal(made, 1)
        const conflicts = (refused['409 PROOF_ALREADY_USED'] ?? 0) + (refused['409 IDENTITY_ALREADY_LINKED'] ?? 0)
        assert.equal(conflicts, MANY - 1, JSON.stringify(refused))
        assert.equal(await owners(app, own.identity), 1)
      })

      it(`${MANY} at once on ${path} with proofs of one identity make one user`, async () => {
        const own = device()
        const { '200 no error': made, ...refused } = count(await atOnce(app, path, () => own.proof(300), body))
        assert.equal(made, 1)
        assert.deepEqual(refused, { '409 IDENTITY_ALREADY_LINKED': MANY - 1 })
        assert.equal(await owners(app, own.identity), 1)
      })
    }
  })
}

for (const database of [...databases, ...uuidDatabases])
  for (const mode of ['field', 'user-id'] as const) suite(database, mode)
for (const database of serialDatabases) suite(database, 'field')

interface Reservation {
  id: string
  identifier: string
  value: string
  expiresAt: Date
  createdAt: Date
  updatedAt: Date
}

describe('what was reserved', () => {
  const rows = async (app: App) =>
    (await app.context.adapter.findMany<{ identifier: string; expiresAt: Date }>({ model: 'verification' })).filter(
      ({ identifier }) => identifier.startsWith('lfi:'),
    )

  it('is the proof, until it expires, and nothing else', () =>
    withApp({}, async (app) => {
      const browser = app.browser()
      browser.proof = device().proof(60)
      assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
      const [row, ...more] = await rows(app)
      assert.deepEqual(more, [])
      assert.match(row?.identifier ?? '', /^lfi:[\w-]{43}$/)
      const { exp } = JSON.parse(atob(browser.proof.split('.')[1] ?? ''))
      // Five minutes longer than it holds: the clocks of two servers may differ.
      const rest = (row?.expiresAt.getTime() ?? 0) / 1000 - exp
      assert.ok(rest >= 300 && rest < 310, String(rest))
    }))

  it('is given back when a sign-up fails', () =>
    withApp({}, async (app) => {
      const browser = app.browser()
      browser.proof = device().proof()
      assert.equal((await browser.send('/sign-up/email', { ...newForm(), password: 'short' })).status, 400)
      assert.deepEqual(await rows(app), [])
    }))

  it('goes when it has expired, without any other use of the table', () =>
    withApp({}, async (app) => {
      const past = new Date(Date.now() - 1000)
      const left = {
        identifier: 'lfi:old',
        value: '',
        expiresAt: past,
        createdAt: past,
        updatedAt: past,
      }
      await app.context.adapter.create({ model: 'verification', data: left })
      const browser = app.browser()
      browser.proof = device().proof()
      await browser.send('/sign-up/email', newForm())
      assert.deepEqual(
        (await rows(app)).filter(({ identifier }) => identifier === left.identifier),
        [],
      )
    }))

  for (const database of [databases[0], serialDatabases[0]]) {
    it(`does not keep an identity when the process dies in the middle: ${database?.name}`, async () => {
      let app: App | undefined
      let held: Reservation | undefined
      const before = async () => {
        const adapter = await getCurrentAdapter(app?.context.adapter ?? assert.fail())
        const found = await adapter.findMany<Reservation>({ model: 'verification' })
        held ??= found.find(({ expiresAt }) => expiresAt.getTime() < Date.now() + 11_000)
      }
      const options = { databaseHooks: { user: { create: { before } } } }
      await withApp({ ...(database && { database }), options }, async (started) => {
        app = started
        const { adapter, internalAdapter } = app.context
        const [own, first, second] = [device(), app.browser(), app.browser()]
        first.proof = own.proof()
        await first.send('/sign-up/email', newForm())
        await internalAdapter.deleteUser((await first.user())?.id ?? assert.fail())
        const left = held ?? assert.fail('no identity was held')
        // What a process that dies in mid-request leaves: the row that holds the identity.
        const died = (expiresAt: Date) =>
          adapter.create({ model: 'verification', data: { ...left, expiresAt }, forceAllowId: true })
        await died(new Date(Date.now() + 20_000))
        second.proof = own.proof()
        assert.equal((await second.send('/sign-up/email', newForm())).code, 'IDENTITY_ALREADY_LINKED')
        await adapter.deleteMany({ model: 'verification', where: [{ field: 'identifier', value: left.identifier }] })
        await died(new Date(Date.now() - 1000))
        assert.equal((await second.send('/sign-up/email', newForm())).status, 200)
      })
    })
  }

  const ofMariadb = ({ name }: Database) => name.startsWith('MariaDB')
  for (const database of [...databases, ...serialDatabases].filter(ofMariadb)) {
    it(`is given out and back though a deadlock ends the statements: ${database.name}`, { skip: database.skip }, () =>
      withApp({ database }, async (app) => {
        const pool = app.context.options.database as unknown as Pool
        // Each statement on the table ends three times as InnoDB ends the victim of a deadlock. Aria forgets nothing then.
        for (const event of ['insert', 'delete']) {
          await pool.query(`create table ${event}s (n int) engine = aria`)
          await pool.query(`insert into ${event}s values (1), (2), (3)`)
          await pool.query(`create trigger on_${event} before ${event} on verification for each row
            if (select count(*) from ${event}s) > 0 then
              delete from ${event}s limit 1;
              signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found';
            end if`)
        }
        const browser = app.browser()
        browser.proof = device().proof()
        assert.equal((await browser.send('/sign-up/email', { ...newForm(), password: 'short' })).status, 400)
        assert.deepEqual(await rows(app), [])
        for (const event of ['insert', 'delete']) {
          assert.deepEqual((await pool.query(`select * from ${event}s`))[0], [], event)
        }
        assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
      }),
    )
  }

  for (const database of [...databases, ...serialDatabases].filter(({ name }) => name.startsWith('PostgreSQL'))) {
    it(`is given out and back though a deadlock ends the statements: ${database.name}`, { skip: database.skip }, () =>
      withApp({ database }, async (app) => {
        const pool = app.context.options.database as unknown as pg.Pool
        for (const event of ['insert', 'delete']) {
          // A sequence forgets nothing when a statement is rolled back.
          await pool.query(`create sequence ${event}s`)
          await pool.query(`create function on_${event}() returns trigger language plpgsql as $$ begin
            if nextval('${event}s') <= 3 then raise exception using errcode = '40P01'; end if;
            return coalesce(new, old);
          end $$`)
          await pool.query(`create trigger on_${event} before ${event} on verification
            for each row execute function on_${event}()`)
        }
        const browser = app.browser()
        browser.proof = device().proof()
        assert.equal((await browser.send('/sign-up/email', { ...newForm(), password: 'short' })).status, 400)
        assert.deepEqual(await rows(app), [])
        for (const event of ['insert', 'delete']) {
          const { rows: found } = await pool.query(`select last_value > 3 as over from ${event}s`)
          assert.deepEqual(found, [{ over: true }], event)
        }
      }),
    )
  }

  it('is nothing without replay protection, and an identity still has one account', () =>
    withApp({ plugin: { replayProtection: false } }, async (app) => {
      const own = device()
      const proof = own.proof()
      const { '200 no error': made, ...refused } = count(
        await atOnce(
          app,
          '/sign-in/anonymous',
          () => proof,
          () => ({}),
        ),
      )
      assert.equal(made, 1)
      assert.deepEqual(refused, { '409 IDENTITY_ALREADY_LINKED': MANY - 1 })
      assert.deepEqual(await rows(app), [])
      const [user] = await app.users()
      await app.context.internalAdapter.deleteUser(user?.id ?? assert.fail())
      const again = app.browser()
      again.proof = proof
      assert.equal((await again.send('/sign-in/anonymous', {})).status, 200)
    }))
})

after(() => assert.deepEqual(serverErrors, []))
