// Every engine that a store runs on, each with state of its own.

import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Redis } from 'ioredis'
import Sqlite from 'libsql'
import {
  d1Store,
  type LibsqlClient,
  libsqlStore,
  memoryStore,
  postgresStore,
  redisStore,
  type SqliteDatabase,
  type Store,
  sqliteStore,
} from 'local-first-identity/stores'
import pg from 'pg'
import { createClient } from 'redis'

import { absence, newPostgresDatabase, noPostgres, noRedis, REDIS_URL } from '../services.mts'
import { startUpstash } from './upstash-rest.mts'

/** One engine's state, for as many connections as there are processes. */
export interface Opened {
  /** A store on a connection of its own. */
  connect(): Promise<Store>
  /** How many rows it holds of such keys, live or not; absent where the engine itself forgets what has expired. */
  rows?(prefix: string): Promise<number>
  close(): Promise<void>
}

export interface EngineUnderTest {
  name: string
  /** Whether the time that entries expire by is this process's, which a test can set. */
  clock: 'process' | 'server'
  /** How many calls it takes at once. Default 200. */
  burst?: number
  open(): Promise<Opened>
  /** Why it is not used here; `false` if it is. */
  skip: string | false
}

const COUNT = 'select count(*) as n from local_first_store'

interface FileDatabase extends SqliteDatabase {
  close(): unknown
}

/** SQLite, by any driver with the interface of `better-sqlite3`. */
export const sqliteFile = (connect: (path: string) => FileDatabase) => async (): Promise<Opened> => {
  const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
  const databases: FileDatabase[] = []
  const openFile = () => {
    const database = connect(join(folder, 'store.db'))
    database.exec('pragma journal_mode = wal')
    databases.push(database)
    return database
  }
  return {
    connect: async () => sqliteStore(openFile()),
    rows: async (prefix) => (openFile().prepare(`${COUNT} where key like '${prefix}%'`).get() as { n: number }).n,
    async close() {
      for (const database of databases) database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openPostgres(): Promise<Opened> {
  const { url, drop } = await newPostgresDatabase()
  const pools: pg.Pool[] = []
  const connect = () => {
    const pool = new pg.Pool({ connectionString: url })
    pools.push(pool)
    return pool
  }
  return {
    connect: async () => postgresStore(connect()),
    rows: async (prefix) => Number((await connect().query(`${COUNT} where key like '${prefix}%'`)).rows[0].n),
    async close() {
      for (const pool of pools) await pool.end()
      await drop()
    },
  }
}

async function openIoredis(): Promise<Opened> {
  const clients: Redis[] = []
  return {
    async connect() {
      const client = new Redis(REDIS_URL)
      clients.push(client)
      return redisStore(client)
    },
    async close() {
      for (const client of clients) client.disconnect()
    },
  }
}

async function openNodeRedis(): Promise<Opened> {
  const clients: { destroy(): void }[] = []
  return {
    async connect() {
      const client = createClient({ url: REDIS_URL })
      await client.connect()
      clients.push(client)
      return redisStore(client)
    },
    async close() {
      for (const client of clients) client.destroy()
    },
  }
}

async function openMemory(): Promise<Opened> {
  const store = memoryStore()
  return { connect: async () => store, close: async () => undefined }
}

export const requireDriver = createRequire(new URL('../drivers/', import.meta.url))
const noDriver = (name: string) =>
  absence(name, 'npm ci --prefix __test__/drivers', async () => requireDriver.resolve(name))
const noBetterSqlite = await noDriver('better-sqlite3')
const noGlide = await noDriver('@valkey/valkey-glide')
const noUpstash = await noDriver('@upstash/redis')
export const noLibsqlClient = await noDriver('@libsql/client')
const noMiniflare = await noDriver('miniflare')

async function openGlide(): Promise<Opened> {
  const { GlideClient } = requireDriver('@valkey/valkey-glide')
  const { hostname: host, port } = new URL(REDIS_URL)
  const clients: { close(): void }[] = []
  return {
    async connect() {
      const client = await GlideClient.createClient({ addresses: [{ host, port: Number(port || 6379) }] })
      clients.push(client)
      return redisStore(client)
    },
    async close() {
      for (const client of clients) client.close()
    },
  }
}

async function openUpstash(): Promise<Opened> {
  const { Redis: Upstash } = requireDriver('@upstash/redis')
  const { url, close } = await startUpstash()
  return { connect: async () => redisStore(new Upstash({ url, token: 'of this test', enableTelemetry: false })), close }
}

async function openLibsqlClient(): Promise<Opened> {
  const { createClient } = requireDriver('@libsql/client')
  const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
  const clients: LibsqlClient[] = []
  const connect = async () => {
    const client = createClient({ url: `file:${join(folder, 'store.db')}`, timeout: 5000 })
    await client.execute('pragma journal_mode = wal')
    clients.push(client)
    return client
  }
  return {
    connect: async () => libsqlStore(await connect()),
    async rows(prefix) {
      const { rows } = await (await connect()).execute(`${COUNT} where key like '${prefix}%'`)
      return Number(rows[0].n)
    },
    async close() {
      for (const client of clients) (client as unknown as { close(): void }).close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openD1(): Promise<Opened> {
  const { Miniflare } = requireDriver('miniflare')
  const script = 'export default { fetch: () => new Response() }'
  const miniflare = new Miniflare({ modules: true, script, d1Databases: ['STORE'], host: '127.0.0.1' })
  const database = await miniflare.getD1Database('STORE')
  return {
    // The emulator takes its time for hundreds of calls at once.
    connect: async () => d1Store(database, { timeoutMs: 60_000 }),
    rows: async (prefix) => (await database.prepare(`${COUNT} where key like '${prefix}%'`).first()).n,
    close: () => miniflare.dispose(),
  }
}

export const engines: EngineUnderTest[] = [
  { name: 'memory', clock: 'process', open: openMemory, skip: false },
  {
    name: 'SQLite, better-sqlite3',
    clock: 'process',
    open: sqliteFile((path) => new (requireDriver('better-sqlite3'))(path)),
    skip: noBetterSqlite,
  },
  { name: 'SQLite, libsql', clock: 'process', open: sqliteFile((path) => new Sqlite(path)), skip: false },
  { name: 'libSQL, @libsql/client', clock: 'process', open: openLibsqlClient, skip: noLibsqlClient },
  // Each call is an HTTP request to an emulator, which closes connections under load.
  { name: 'D1, miniflare', clock: 'process', burst: 40, open: openD1, skip: noMiniflare },
  { name: 'PostgreSQL, pg', clock: 'server', open: openPostgres, skip: noPostgres },
  { name: 'Redis, redis', clock: 'server', open: openNodeRedis, skip: noRedis },
  { name: 'Redis, ioredis', clock: 'server', open: openIoredis, skip: noRedis },
  { name: 'Redis, valkey-glide', clock: 'server', open: openGlide, skip: noRedis || noGlide },
  { name: 'Redis, upstash', clock: 'server', open: openUpstash, skip: noRedis || noUpstash },
]
