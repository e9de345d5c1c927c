// What else may be wrong with an engine or a connection, and with an app's use of it.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, it, mock } from 'node:test'

import Sqlite from 'libsql'
import { generateAuthSecret, mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'
import {
  libsqlStore,
  memoryStore,
  oneTimeProof,
  postgresStore,
  redisStore,
  type Store,
  StoreError,
  sqliteStore,
} from 'local-first-identity/stores'
import pg from 'pg'

import { newName, newPostgresDatabase, noPostgres } from '../services.mts'
import { noLibsqlClient, requireDriver } from './engines.mts'
import { failed } from './failed.mts'

describe('an SQLite file', () => {
  it('that another process has locked: fails closed, and recovers', async () => {
    const path = join(tmpdir(), `${newName()}.db`)
    const [own, other] = [new Sqlite(path), new Sqlite(path)]
    try {
      const store = sqliteStore(own)
      other.exec('begin exclusive')
      await assert.rejects(store.create('key', '', 60), failed('SQLite'))
      await assert.rejects(store.take('key'), failed('SQLite', 'take'))
      other.exec('rollback')
      assert.equal(await store.create('key', '', 60), true)
    } finally {
      own.close()
      other.close()
      rmSync(path)
    }
  })

  it('that another process has locked, by @libsql/client: the same', { skip: noLibsqlClient }, async () => {
    const path = join(tmpdir(), `${newName()}.db`)
    const client = requireDriver('@libsql/client').createClient({ url: `file:${path}` })
    // By the same library: two of them do not see each other's locks in one process.
    const other = new (requireDriver('libsql'))(path)
    try {
      const store = libsqlStore(client)
      assert.equal(await store.create('before', '', 60), true)
      other.exec('begin exclusive')
      for (let tries = 0; tries < 2; tries++) await assert.rejects(store.create('key', '', 60), failed('libSQL'))
      await assert.rejects(store.take('before'), failed('libSQL', 'take'))
      other.exec('rollback')
      assert.equal(await store.create('key', '', 60), true)
      assert.equal(await store.take('before'), '')
    } finally {
      client.close()
      other.close()
      rmSync(path)
    }
  })

  it('whose table is gone: fails closed', async () => {
    const database = new Sqlite(':memory:')
    const store = sqliteStore(database)
    database.exec('drop table local_first_store')
    await assert.rejects(store.create('key', '', 60), failed('SQLite'))
    database.close()
  })
})

/** A driver that does not tell whether a transaction is open. */
const silent = (database: InstanceType<typeof Sqlite>) => ({
  exec: (sql: string) => database.exec(sql),
  prepare: (sql: string) => database.prepare(sql),
  close: () => database.close(),
})

const proof = () => {
  const verified = verifyLocalFirstIdentityProof(mintLocalFirstToken(generateAuthSecret(), 'a', 60), 'a')
  return verified.ok ? verified : assert.fail(verified.error)
}

describe('a transaction of other code', () => {
  for (const [driver, connect] of [
    ['libsql', () => new Sqlite(':memory:')],
    ['one that does not tell', () => silent(new Sqlite(':memory:'))],
  ] as const) {
    it(`on the same connection, ${driver}: fails closed, and a roll-back gives nothing back`, async () => {
      const database = connect()
      const store = sqliteStore(database)
      const [useProof, used] = [oneTimeProof(store), proof()]
      await store.create('there', 'old', 60)
      database.exec('begin')
      await assert.rejects(useProof(used), failed('SQLite'))
      await assert.rejects(store.compareAndSwap('there', 'old', 'new', 60), failed('SQLite', 'compare and swap'))
      await assert.rejects(store.take('there'), failed('SQLite', 'take'))
      database.exec('rollback')
      assert.deepEqual([await useProof(used), await useProof(used)], [true, false])
      assert.equal(await store.take('there'), 'old')
      database.close()
    })

    it(`on the same connection, ${driver}: is not ended by the store`, async () => {
      const database = connect()
      const store = sqliteStore(database)
      database.exec('create table orders (id int)')
      database.exec('begin')
      database.exec('insert into orders values (1)')
      await assert.rejects(store.create('key', '', 60), failed('SQLite'))
      database.exec('commit')
      assert.equal((database.prepare('select count(*) as n from orders').get() as { n: number }).n, 1)
      assert.equal(await store.create('key', '', 60), true)
      database.close()
    })
  }

  it('a temporary table of the same name is not taken for the store’s', async () => {
    const database = new Sqlite(':memory:')
    const store = sqliteStore(database)
    assert.equal(await store.create('key', 'value', 60), true)
    database.exec('create temp table local_first_store (key text primary key, value text, expires_at integer)')
    assert.equal(await sqliteStore(database).create('key', 'value', 60), false)
    database.close()
  })

  it('is not left open when a statement of the store fails', async () => {
    const database = new Sqlite(':memory:')
    const store = sqliteStore(database)
    database.exec('alter table local_first_store add column more int check (more > 0)')
    database.exec('create trigger fails before insert on local_first_store begin select raise(abort, "no"); end')
    await assert.rejects(store.create('key', '', 60), failed('SQLite'))
    assert.equal(database.inTransaction, false)
    database.exec('drop trigger fails')
    assert.equal(await store.create('key', '', 60), true)
    database.close()
  })
})

describe('an isolation level that fails the second transaction, pg', { skip: noPostgres }, () => {
  for (const isolation of ['repeatable read', 'serializable']) {
    it(`${isolation}: of 200 creates at once one wins, and the others are told so`, async () => {
      const { url, drop } = await newPostgresDatabase()
      const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`
      const pool = new pg.Pool({ connectionString: url, options })
      try {
        assert.equal((await pool.query('show transaction_isolation')).rows[0].transaction_isolation, isolation)
        const store = postgresStore(pool)
        const won = await Promise.all(Array.from({ length: 200 }, () => store.create('key', '', 60)))
        assert.deepEqual(
          [won.filter((one) => one === true).length, won.filter((one) => one === false).length],
          [1, 199],
        )
      } finally {
        await pool.end()
        await drop()
      }
    })
  }
})

type Answer = (...args: unknown[]) => Promise<unknown>
const nodeRedisThat = (run: Answer) => ({ isOpen: true, sendCommand: run, getDel: run, eval: run })
const ioRedisThat = (run: Answer) => ({ status: 'ready', defineCommand: run, getdel: run, eval: run })
const glideThat = (run: Answer) => ({ customCommand: run, getdel: run, invokeScript: run })

describe('a client of Redis that does not wait for the server', () => {
  for (const [what, reply] of [
    ['one that takes a callback', true],
    ['one of a transaction', {}],
    ['one that gives nothing', undefined],
    ['a server that answers something else', 'QUEUED'],
  ] as const) {
    it(`${what}: fails closed`, async () => {
      const answer = async () => reply
      for (const client of [nodeRedisThat(answer), ioRedisThat(answer), glideThat(answer)]) {
        const store = redisStore(client as never)
        await assert.rejects(store.create('key', '', 60), failed('Redis'))
        await assert.rejects(store.compareAndSwap('key', '', '', 60), failed('Redis', 'compare and swap'))
        await assert.rejects(store.take('key'), failed('Redis', 'take'))
        await assert.rejects(store.get('key'), failed('Redis', 'get'))
      }
    })
  }
})

describe('a client of Redis that gives bytes', () => {
  it('is understood', async () => {
    const reply = async (script: unknown) => {
      const text = String(script)
      if (text.includes("'nx'")) return Buffer.from('OK')
      return new Uint8Array(Buffer.from(text.includes('return 1') ? '1' : '=ü'))
    }
    const store = redisStore(nodeRedisThat(reply) as never)
    assert.equal(await store.create('key', '', 60), true)
    assert.equal(await store.compareAndSwap('key', '', '', 60), true)
    assert.deepEqual([await store.get('key'), await store.take('key')], ['ü', 'ü'])
  })
})

describe('a transaction that is open on a client of the pool, pg', { skip: noPostgres }, () => {
  const withPool = async (run: (pool: pg.Pool, store: Store) => Promise<void>, old = false) => {
    const { url, drop } = await newPostgresDatabase()
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    // As an older version of the driver, which does not tell.
    if (old) pool.on('connect', (client) => Object.assign(client, { getTransactionStatus: undefined }))
    try {
      await run(pool, postgresStore(pool))
    } finally {
      await pool.end()
      await drop()
    }
  }

  for (const old of [false, true]) {
    it(`fails closed, and a roll-back gives nothing back${old ? ', by an older driver' : ''}`, () =>
      withPool(async (pool, store) => {
        const [useProof, used] = [oneTimeProof(store), proof()]
        // An app that forgets to end its transaction when something goes wrong.
        const client = await pool.connect()
        await client.query('begin')
        client.release()
        await assert.rejects(useProof(used), failed('PostgreSQL'))
        await pool.query('rollback')
        assert.deepEqual([await useProof(used), await useProof(used)], [true, false])
        await pool.query('begin')
        await assert.rejects(store.take('key'), failed('PostgreSQL', 'take'))
        // The client was closed, and another one is there.
        assert.equal(await store.create('key', '', 60), true)
      }, old))
  }

  it('that no one waited for fails closed, too', () =>
    withPool(async (pool, store) => {
      assert.equal(await store.create('before', '', 60), true)
      const client = await pool.connect()
      const began = client.query('begin')
      client.release()
      await assert.rejects(store.create('key', '', 60), failed('PostgreSQL'))
      await began
      assert.deepEqual([await store.create('key', '', 60), await store.create('key', '', 60)], [true, false])
    }))

  it('the table is made again when someone has dropped it', () =>
    withPool(async (pool, store) => {
      assert.equal(await store.create('key', '', 60), true)
      await pool.query('drop table local_first_store')
      await assert.rejects(store.create('key', '', 60), failed('PostgreSQL'))
      assert.equal(await store.create('key', '', 60), true)
    }))
})

describe('a memory that is full', () => {
  afterEach(() => mock.timers.reset())

  it('fails closed, keeps what it has, and takes new entries when old ones have expired', async () => {
    mock.timers.enable({ apis: ['Date'], now: 0 })
    const store = memoryStore({ maxEntries: 3 })
    for (const key of ['a', 'b']) assert.equal(await store.create(key, key, 60), true)
    assert.equal(await store.create('c', 'c', 2), true)
    const full = { name: 'StoreError', message: 'The memory store is full: it holds 3 entries.' }
    await assert.rejects(store.create('d', 'd', 60), full)
    assert.equal(await store.create('a', 'x', 60), false)
    assert.equal(await store.compareAndSwap('a', 'a', 'aa', 60), true)
    mock.timers.setTime(2_000)
    assert.equal(await store.create('d', 'd', 60), true)
    await assert.rejects(store.create('e', 'e', 60), full)
    assert.equal(await store.take('d'), 'd')
    assert.equal(await store.create('e', 'e', 60), true)
  })

  it('finds room although its clock was set back', async () => {
    mock.timers.enable({ apis: ['Date'], now: 1_000_000_000 })
    const store = memoryStore({ maxEntries: 2 })
    await store.create('a', '', 60)
    mock.timers.setTime(0)
    await store.create('b', '', 1)
    await assert.rejects(store.create('c', '', 60), StoreError)
    mock.timers.setTime(1_000)
    assert.equal(await store.create('c', '', 60), true)
  })
})

describe('the options of stores', () => {
  for (const [make, name, message] of [
    [() => memoryStore({ maxEntries: 0 }), 'RangeError', 'memoryStore: `maxEntries` must be from 1 to 10,000,000'],
    [() => memoryStore({ maxEntries: 1.5 }), 'TypeError', 'memoryStore: `maxEntries` must be a whole number'],
    [
      () => memoryStore({ max: 1 } as object),
      'TypeError',
      'memoryStore: there is no option `max`; did you mean `maxEntries`?',
    ],
    [() => memoryStore(null as never), 'TypeError', 'memoryStore: `options` must be a plain object'],
    [
      () => postgresStore({} as never, { timeoutMs: 0 }),
      'RangeError',
      'postgresStore: `timeoutMs` must be from 1 to 60,000',
    ],
    [() => postgresStore({} as never), 'TypeError', 'postgresStore: `pool` must be a Pool of `pg`'],
    [() => postgresStore(new pg.Client() as never), 'TypeError', 'postgresStore: `pool` must be a Pool of `pg`'],
    [
      () => oneTimeProof(new pg.Pool() as never),
      'TypeError',
      'oneTimeProof: `store` must be a store, such as `redisStore(client)`',
    ],
  ] as const) {
    it(message, () => assert.throws(make, { name, message }))
  }
})
