// A driver is known by what it is, and an answer that is not understood is neither a yes nor an ordinary no.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Redis } from 'ioredis'
import Sqlite from 'libsql'
import { d1Store, libsqlStore, postgresStore, redisStore, type Store, sqliteStore } from 'local-first-identity/stores'
import { createClient } from 'redis'

import { failed } from './failed.mts'

const NO_SQLITE = 'sqliteStore: `database` must be an open database of `better-sqlite3`, `libsql` or `node:sqlite`'
const NO_REDIS =
  'redisStore: `client` must be a client of `redis`, `ioredis`, `@valkey/valkey-glide` or `@upstash/redis`'
const AT_ONCE = ', whose statements answer at once, with rows as objects'

/** A client with these methods, which answer as `answer` does. */
const having = (names: string[], answer: () => unknown = async () => 'OK') =>
  Object.fromEntries(names.map((name) => [name, answer]))

const sqlite = (get: unknown) => ({
  exec: () => undefined,
  prepare: () => ({ run: async () => ({ changes: 1 }), get }),
})

describe('what is no client that the store knows is refused at start', () => {
  const redis = new Redis({ lazyConnect: true })
  const nodeRedis = createClient()
  const cases: [what: string, make: () => Store, message: string][] = [
    ['nothing', () => redisStore(undefined as never), NO_REDIS],
    ['an object', () => redisStore({} as never), NO_REDIS],
    ['one with the methods alone', () => redisStore(having(['set', 'get', 'getdel', 'eval']) as never), NO_REDIS],
    ['one with other names', () => redisStore(having(['set', 'get', 'getDel', 'eval']) as never), NO_REDIS],
    ['a pipeline of ioredis', () => redisStore(redis.pipeline() as never), NO_REDIS],
    ['a transaction of redis', () => redisStore(nodeRedis.multi() as never), NO_REDIS],
    ['nothing', () => sqliteStore(undefined as never), NO_SQLITE],
    ['an object', () => sqliteStore({} as never), NO_SQLITE],
    ['a driver that answers later', () => sqliteStore(sqlite(async () => undefined) as never), NO_SQLITE + AT_ONCE],
    ['one that rejects later', () => sqliteStore(sqlite(() => Promise.reject('no')) as never), NO_SQLITE + AT_ONCE],
    ['one that takes callbacks', () => sqliteStore(sqlite(() => ({})) as never), NO_SQLITE + AT_ONCE],
    ['one that passes values over', () => sqliteStore(sqlite(() => ({ one: null })) as never), NO_SQLITE + AT_ONCE],
    ['one that gives rows as arrays', () => sqliteStore(sqlite(() => [1]) as never), NO_SQLITE + AT_ONCE],
    [
      'a client of @libsql/client',
      () => sqliteStore(having(['execute', 'batch', 'transaction']) as never),
      `${NO_SQLITE}; for \`@libsql/client\` there is \`libsqlStore\``,
    ],
    [
      'a D1 database',
      () => sqliteStore({ ...having(['exec', 'withSession']), prepare: () => having(['bind', 'first']) } as never),
      `${NO_SQLITE}; for D1 there is \`d1Store\``,
    ],
    [
      'a transaction of @libsql/client',
      () => libsqlStore(having(['execute', 'batch', 'commit']) as never),
      'libsqlStore: `client` must be a client of `@libsql/client`',
    ],
    [
      'another database',
      () => libsqlStore(new Sqlite(':memory:') as never),
      'libsqlStore: `client` must be a client of `@libsql/client`',
    ],
    ['another database', () => d1Store(new Sqlite(':memory:') as never), 'd1Store: `database` must be a D1 database'],
  ]
  for (const [what, make, message] of cases) {
    it(`${what}: ${message.split(':')[0]}`, () => assert.throws(make, { name: 'TypeError', message }))
  }
})

describe('an answer that is not understood is a fault', () => {
  const odd: unknown[] = [undefined, null, {}, 'x', 2, -1, 0.5, Number.NaN, true]
  const methods = ['create', 'compare and swap', 'take', 'get'] as const
  const call = (store: Store, method: (typeof methods)[number]) => {
    if (method === 'create') return store.create('key', '', 60)
    if (method === 'take') return store.take('key')
    return method === 'get' ? store.get('key') : store.compareAndSwap('key', '', '', 60)
  }

  /** Stores whose drivers say of each statement that it has changed so many rows, and gives such rows. */
  const stores: [name: string, make: (changes: unknown, rows: unknown) => Store][] = [
    [
      'SQLite',
      (changes, rows) => {
        const row = Array.isArray(rows) ? rows[0] : rows
        const get = (sql: string) => (sql.includes('as one') ? { one: 1, two: 'two' } : row)
        const prepare = (sql: string) => ({ run: () => ({ changes }), get: () => get(sql) })
        return sqliteStore({ exec: () => undefined, prepare } as never)
      },
    ],
    [
      'libSQL',
      (changes, rows) => {
        const batch = async () => [{ rows, rowsAffected: changes }]
        return libsqlStore({ protocol: 'file', execute: batch, batch } as never)
      },
    ],
    [
      'D1',
      (changes, rows) => {
        const run = async () => ({ results: rows, meta: { changes } })
        return d1Store({ withSession: run, prepare: () => ({ bind: () => ({ run }) }) } as never)
      },
    ],
    [
      'PostgreSQL',
      (changes, rows) => {
        const query = async (text: string) =>
          text.includes('to_regclass') ? { rows: [{ name: 'there' }] } : { rows, rowCount: changes }
        const [on, off, release] = [() => undefined, () => undefined, () => undefined]
        const client = { query, on, off, release, getTransactionStatus: () => 'I' }
        return postgresStore({ totalCount: 1, connect: async () => client } as never)
      },
    ],
  ]
  for (const [name, make] of stores) {
    it(`${name}: numbers of changes`, async () => {
      for (const changes of odd) {
        for (const method of ['create', 'compare and swap'] as const) {
          await assert.rejects(call(make(changes, []), method), failed(name, method), String(changes))
        }
      }
      for (const [changes, answer] of [
        [1, true],
        [0, false],
      ] as const) {
        assert.equal(await call(make(changes, []), 'create'), answer)
        assert.equal(await call(make(changes, []), 'compare and swap'), answer)
      }
    })

    it(`${name}: rows`, async () => {
      for (const rows of [[['x']], [{}], [{ value: 1 }], [{ value: null }], ['x'], [true]]) {
        for (const method of ['take', 'get'] as const) {
          await assert.rejects(call(make(1, rows), method), failed(name, method), JSON.stringify(rows))
        }
      }
      assert.equal(await call(make(1, []), 'get'), undefined)
      assert.equal(await call(make(1, [{ value: 'x' }]), 'take'), 'x')
    })
  }

  it('SQLite: whole numbers of any size', async () => {
    const database = new Sqlite(':memory:')
    database.defaultSafeIntegers(true)
    const store = sqliteStore(database)
    assert.deepEqual([await store.create('key', '', 60), await store.create('key', '', 60)], [true, false])
    database.close()
  })
})
