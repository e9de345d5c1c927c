// An engine that is lost while it is asked: no is the answer, with an error that says what failed, and when the engine is
// back the same store works again.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Redis } from 'ioredis'
import { postgresStore, redisStore, type Store, StoreError } from 'local-first-identity/stores'
import pg from 'pg'
import { createClient } from 'redis'

import { newName, newPostgresDatabase, noPostgres, noRedis, REDIS_URL } from '../services.mts'
import { until } from '../until.mts'
import { failed } from './failed.mts'
import { type Line, layLine } from './line.mts'

const ignore = () => undefined
/** Long enough for a call that is to succeed, on a machine with a slow disk. */
const timeoutMs = 1500

interface Connected {
  line: Line
  store: Store
  close(): Promise<void>
}

async function postgres(): Promise<Connected> {
  const { url, drop } = await newPostgresDatabase()
  const line = await layLine(url)
  const pool = new pg.Pool({ connectionString: line.url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
  pool.on('error', ignore)
  return {
    line,
    store: postgresStore(pool, { timeoutMs }),
    async close() {
      await pool.end()
      await drop()
    },
  }
}

async function nodeRedis(): Promise<Connected> {
  const line = await layLine(REDIS_URL)
  const client = createClient({ url: line.url, socket: { reconnectStrategy: 10 } })
  client.on('error', ignore)
  await client.connect()
  return { line, store: redisStore(client, { timeoutMs }), close: async () => client.destroy() }
}

async function ioRedis(): Promise<Connected> {
  const line = await layLine(REDIS_URL)
  const client = new Redis(line.url, { retryStrategy: () => 10 })
  client.on('error', ignore)
  return { line, store: redisStore(client, { timeoutMs }), close: async () => client.disconnect() }
}

for (const [driver, name, skip, open] of [
  ['pg', 'PostgreSQL', noPostgres, postgres],
  ['redis', 'Redis', noRedis, nodeRedis],
  ['ioredis', 'Redis', noRedis, ioRedis],
] as const) {
  describe(`a lost connection, ${driver}`, { skip }, () => {
    for (const state of ['broken', 'broken behind', 'stalled'] as const) {
      it(`${state}: fails closed, and recovers without a restart`, async () => {
        const { line, store, close } = await open()
        const key = newName()
        try {
          assert.equal(await store.create(`${key}.before`, '', 60), true)
          line.set(state)
          await assert.rejects(store.create(key, 'lost', 60), (error: StoreError) => {
            assert.ok(error instanceof StoreError && error.cause instanceof Error)
            return assert.deepEqual({ ...error, message: error.message }, failed(name)) === undefined
          })
          await assert.rejects(store.get(key), failed(name, 'get'))
          await assert.rejects(store.compareAndSwap(key, '', '', 60), failed(name, 'compare and swap'))
          await assert.rejects(store.take(`${key}.before`), failed(name, 'take'))
          line.set('whole')
          await until(
            'it answers again',
            () =>
              store.get(key).then(
                () => true,
                () => false,
              ),
            30,
          )
          assert.equal(await store.create(`${key}.after`, '', 60), true)
          // Whether a call that failed has happened is not known; it is not half done.
          assert.ok(['lost', undefined].includes(await store.get(key)))
        } finally {
          line.set('whole')
          await close()
          await line.end()
        }
      })
    }
  })
}

describe('a lost connection before the first call, pg', { skip: noPostgres }, () => {
  it('does not keep the store from making its table later', async () => {
    const { line, store, close } = await postgres()
    try {
      line.set('broken')
      await assert.rejects(store.create('key', '', 60), failed('PostgreSQL'))
      line.set('whole')
      await until('it answers', () => store.create(newName(), '', 60).catch(() => false))
    } finally {
      await close()
      await line.end()
    }
  })

  it('twenty processes that start together make one table', async () => {
    const { url, drop } = await newPostgresDatabase()
    const pools = Array.from({ length: 20 }, () => new pg.Pool({ connectionString: url, max: 1 }))
    try {
      const won = await Promise.all(pools.map((pool) => postgresStore(pool).create('key', '', 60)))
      assert.equal(won.filter(Boolean).length, 1)
    } finally {
      await Promise.all(pools.map((pool) => pool.end()))
      await drop()
    }
  })

  it('a table that is there needs no right to make one', async () => {
    const { url, drop } = await newPostgresDatabase()
    const owner = new pg.Pool({ connectionString: url })
    const role = newName()
    try {
      await postgresStore(owner).get('key')
      await owner.query(`create role ${role} login`)
      await owner.query('revoke create on schema public from public')
      await owner.query(`grant select, insert, update, delete on local_first_store to ${role}`)
      const address = new URL(url)
      address.username = role
      const pool = new pg.Pool({ connectionString: address.href })
      const store = postgresStore(pool)
      assert.equal(await store.create('key', 'one', 60), true)
      assert.equal(await store.compareAndSwap('key', 'one', 'two', 60), true)
      assert.equal(await store.take('key'), 'two')
      await pool.end()
    } finally {
      await owner.query(`drop owned by ${role}`)
      await owner.query(`drop role ${role}`)
      await owner.end()
      await drop()
    }
  })
})
