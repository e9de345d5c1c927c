// The driver that comes with Node, from 22.5 on: `npm run check:node` runs this on such a one.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { sqliteStore } from 'local-first-identity/stores'

import { conform } from './conformance.mts'
import { sqliteFile } from './engines.mts'
import { failed } from './failed.mts'

const driver = await import('node:sqlite').catch(() => undefined)
const skip = driver ? false : `Node ${process.version} has no node:sqlite`

conform(
  {
    name: 'SQLite, node:sqlite',
    clock: 'process',
    open: sqliteFile((path) => new (driver as NonNullable<typeof driver>).DatabaseSync(path)),
    skip,
  },
  () => undefined,
)

it('node:sqlite, a transaction of other code: fails closed, and a roll-back gives nothing back', { skip }, async () => {
  const { DatabaseSync } = driver ?? assert.fail()
  const database = new DatabaseSync(':memory:')
  const store = sqliteStore(database)
  database.exec('begin')
  await assert.rejects(store.create('key', '', 60), failed('SQLite'))
  database.exec('rollback')
  assert.deepEqual([await store.create('key', '', 60), await store.create('key', '', 60)], [true, false])
  database.close()
})

it('node:sqlite, rows as arrays: is refused at start', { skip }, () => {
  const { DatabaseSync } = driver ?? assert.fail()
  // An option of newer versions; the others give objects.
  const database = new DatabaseSync(':memory:', { returnArrays: true } as object)
  const { one } = (database.prepare('select 1 as one').get() ?? {}) as { one?: unknown }
  if (one === 1) assert.ok(sqliteStore(database))
  else assert.throws(() => sqliteStore(database), { name: 'TypeError', message: /with rows as objects$/ })
  database.close()
})
