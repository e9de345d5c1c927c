// What is reserved stays reserved: whatever a stranger names, whichever clock a server has, and while a secret is replaced.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { type App, audience, device, newForm, newPerson, startApp, withApp } from './app.mts'
import { serverErrors } from './browser.mts'
import { type Database, databases, type Storage, serialDatabases } from './databases.mts'

const SECRET = 'a secret of this test alone, of 32 letters and more'

const use = async (app: App, proof: string) => {
  const browser = app.browser()
  browser.proof = proof
  const { status, code } = await browser.send('/sign-in/magic-link', { email: newPerson().email })
  return code ?? status
}

/** The names that can be computed of a proof without the app's secret. */
function namesOf(proof: string): string[] {
  const verified = verifyLocalFirstIdentityProof(proof, audience)
  assert.ok(verified.ok)
  const { proofId, id } = verified
  return [
    proofId,
    `proof:${proofId}`,
    `local-first-identity:proof:${proofId}`,
    `local-first-identity:identity:${id}`,
    `lfi:proof:${proofId}`,
  ]
}

for (const database of [...databases, ...serialDatabases]) {
  describe(`a used proof, on ${database.name}`, { skip: database.skip }, () => {
    it('stays used, whatever verification value or session a stranger names', () =>
      withApp({ database }, async (app) => {
        const [own, stranger] = [device(), app.browser()]
        const proof = own.proof()
        assert.equal(await use(app, proof), 200)
        for (const name of namesOf(proof)) {
          for (const value of ['', 'x', '1']) {
            await stranger.post('/phone-number/verify', { phoneNumber: name, code: value, disableSession: true })
            await stranger.post('/sign-in/email-otp', { email: name, otp: value })
            await stranger.post('/reset-password', { token: name, newPassword: 'another one' })
          }
          await stranger.open(`${app.origin}/api/auth/magic-link/verify?token=${encodeURIComponent(name)}`)
          await stranger.open(`${app.origin}/api/auth/callback/local?code=x&state=${encodeURIComponent(name)}`)
          // The bearer plugin signs whatever it is given, and signing out deletes what it names from a secondary storage.
          await stranger.post('/sign-out', {}, { authorization: `Bearer ${name}` })
          assert.equal(await use(app, proof), 'PROOF_ALREADY_USED', name)
        }
      }))
  })
}

describe('the row of a reservation', () => {
  const rowsOf = async (app: App) =>
    (await app.context.adapter.findMany<{ id: string; identifier: string; value: string }>({ model: 'verification' }))
      .filter(({ identifier }) => identifier.startsWith('lfi:'))
      .map(({ id, identifier, value }) => ({ id, identifier, value }))

  it('is another one for an app with another secret, and has a value that no one can guess', async () => {
    const proof = device().proof()
    const seen = new Set<string>()
    for (const secret of [SECRET, `${SECRET} and another`]) {
      await withApp({ options: { secret } }, async (app) => {
        await use(app, proof)
        const [row, ...more] = await rowsOf(app)
        assert.deepEqual(more, [])
        assert.match(row?.value ?? '', /^[\da-f-]{36}$/)
        for (const part of [row?.id, row?.identifier, row?.value]) seen.add(part ?? assert.fail())
      })
    }
    assert.equal(seen.size, 6)
  })
})

/** A database that several apps share. */
function shared({ open, name, skip }: Database) {
  let storage: Promise<Storage> | undefined
  return {
    database: {
      name,
      skip,
      open: async () => {
        storage ??= open()
        return { ...(await storage), close: async () => undefined }
      },
    } satisfies Database,
    close: async () => (await storage)?.close(),
  }
}

describe('while the secret is replaced', () => {
  const [old, next] = [`${SECRET}, the old`, `${SECRET}, the new`]
  const [one, two] = [
    { version: 1, value: old },
    { version: 2, value: next },
  ]
  // A server before the change, one in the middle of it, and one after it.
  const stages = [[one], [two, one], [two]]

  for (const database of [...databases, ...serialDatabases]) {
    for (const [first, second] of [
      [0, 1],
      [1, 0],
      [1, 2],
      [2, 1],
    ] as const) {
      const name = `${database.name}: a proof that server ${first} took is used on server ${second}`
      it(name, { skip: database.skip }, async () => {
        const { database: common, close } = shared(database)
        const apps = [
          await startApp({ database: common, options: { secrets: stages[first] ?? [] } }),
          await startApp({ database: common, options: { secrets: stages[second] ?? [] } }),
        ] as const
        try {
          const [own, again] = [device(), device()]
          const proof = own.proof()
          assert.equal(await use(apps[0], proof), 200)
          assert.equal(await use(apps[1], proof), 'PROOF_ALREADY_USED')
          // What a failed sign-up gives back is given back on every server.
          const form = { ...newForm(), proofToken: again.proof() }
          assert.equal((await apps[0].browser().post('/sign-up/email', { ...form, password: 'short' })).status, 400)
          assert.equal((await apps[1].browser().post('/sign-up/email', form)).status, 200)
        } finally {
          for (const app of apps) await app.stop()
          await close()
        }
      })
    }
  }
})

describe('a server whose clock is ahead', () => {
  const AHEAD_MS = 250_000

  for (const database of databases.filter(({ name }) => name !== 'SQLite and Redis')) {
    it(`does not clear a used proof away while another accepts it: ${database.name}`, { skip: database.skip }, (t) =>
      withApp({ database }, async (app) => {
        const proof = device().proof(30)
        t.mock.timers.enable({ apis: ['Date'], now: Date.now() + AHEAD_MS })
        assert.equal(await use(app, proof), 200)
        t.mock.timers.tick(30_000)
        // As Better Auth does once a minute.
        const expired = { field: 'expiresAt', value: new Date(), operator: 'lt' as const }
        await app.context.adapter.deleteMany({ model: 'verification', where: [expired] })
        t.mock.timers.reset()
        assert.equal(await use(app, proof), 'PROOF_ALREADY_USED')
      }),
    )
  }

  it('has a secondary storage keep it for as long', async (t) => {
    const kept: number[] = []
    const counts = new Map<string, number>()
    const secondaryStorage = {
      get: async () => null,
      set: async () => undefined,
      delete: async () => undefined,
      getAndDelete: async () => null,
      async increment(key: string, ttl: number) {
        kept.push(ttl)
        counts.set(key, (counts.get(key) ?? 0) + 1)
        return counts.get(key) ?? 0
      },
    }
    await withApp({ options: { secondaryStorage, rateLimit: { enabled: false } } }, async (app) => {
      const proof = device().proof(30)
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() + AHEAD_MS })
      assert.equal(await use(app, proof), 200)
      t.mock.timers.reset()
      const [ttl = 0] = kept
      assert.ok(ttl >= 330 && ttl < 340, String(ttl))
      assert.equal(await use(app, proof), 'PROOF_ALREADY_USED')
    })
  })
})

describe('a secondary storage whose `increment` gives no count', () => {
  for (const answer of [undefined, null, 'OK', '1', 0, Number.NaN, true]) {
    it(`is a fault of the server: ${String(answer)} (${typeof answer})`, async () => {
      serverErrors.length = 0
      const secondaryStorage = {
        get: async () => null,
        set: async () => undefined,
        delete: async () => undefined,
        getAndDelete: async () => null,
        increment: async () => answer as unknown as number,
      }
      await withApp({ options: { secondaryStorage, rateLimit: { enabled: false } } }, async (app) => {
        assert.equal(await use(app, device().proof()), 500)
        assert.deepEqual(await app.users(), [])
      })
      assert.equal(serverErrors.length, 1)
      serverErrors.length = 0
    })
  }
})

after(() => assert.deepEqual(serverErrors, []))
