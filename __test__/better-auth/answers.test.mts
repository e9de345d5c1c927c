// What the answer of a sign-up says of the user, where an identity comes to them after the row was made.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { anonymousWith, device, newForm, withApp } from './app.mts'
import { serverErrors } from './browser.mts'
import { type Database, sqlite } from './databases.mts'

/** Better Auth's default for Drizzle, Prisma and a dialect of Kysely's. */
const withoutTransactions: Database = {
  ...sqlite,
  name: 'SQLite without transactions',
  async open() {
    const storage = await sqlite.open()
    const database = { ...(storage.options.database as object), transaction: false }
    return { ...storage, options: { ...storage.options, database } as typeof storage.options }
  },
}

describe('an anonymous user who signs up', () => {
  for (const database of [sqlite, withoutTransactions]) {
    it(`is told of the identity at once, and so is a cached session: ${database.name}`, () =>
      withApp({ database, options: { session: { cookieCache: { enabled: true } } } }, async (app) => {
        const own = device()
        const browser = await anonymousWith(app, own)
        browser.proof = own.proof()
        const { status, body } = await browser.send('/sign-up/email', newForm())
        assert.deepEqual([status, body.user.jazzId], [200, own.identity])
        const { data } = await browser.client.getSession()
        assert.equal(data?.user.jazzId, own.identity)
        assert.equal((await browser.user())?.jazzId, own.identity)
      }))
  }
})

after(() => assert.deepEqual(serverErrors, []))
