// The databases that Better Auth's users run, each with a fresh database of its own.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { redisStorage } from '@better-auth/redis-storage'
import type { BetterAuthOptions } from 'better-auth'
import { SqliteDialect } from 'kysely'
import Sqlite from 'libsql'
import { createConnection, createPool } from 'mysql2/promise'
import pg from 'pg'

import {
  connectRedis,
  MARIADB_URL,
  newName,
  newPostgresDatabase,
  noMariadb,
  noPostgres,
  noRedis,
} from '../services.mts'
import { noPrisma, type Orm, throughDrizzle, throughPrisma } from './orms.mts'

/** Part of Better Auth's options, and how to end what stands behind it. */
export interface Storage {
  options: Pick<BetterAuthOptions, 'database' | 'secondaryStorage' | 'verification' | 'advanced'>
  /** Stands between Better Auth and the database, once the tables are made. */
  throughOrm?(options: BetterAuthOptions): Promise<BetterAuthOptions['database']>
  close(): Promise<void>
}

export interface Database {
  name: string
  open(): Promise<Storage>
  /** Why it is not used here; `false` if it is. */
  skip: string | false
}

async function openSqlite(): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
  const database = new Sqlite(join(folder, 'app.db'))
  return {
    options: { database: { dialect: new SqliteDialect({ database }), type: 'sqlite', transaction: true } },
    async close() {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openPostgres(): Promise<Storage> {
  const { url, drop } = await newPostgresDatabase()
  const pool = new pg.Pool({ connectionString: url })
  return {
    options: { database: pool },
    async close() {
      await pool.end()
      await drop()
    },
  }
}

async function openMariadb(): Promise<Storage> {
  const name = newName()
  const admin = await createConnection(MARIADB_URL)
  await admin.query(`create database ${name}`)
  const pool = createPool({ uri: `${MARIADB_URL}/${name}`, timezone: 'Z' })
  return {
    options: { database: pool as unknown as BetterAuthOptions['database'] },
    async close() {
      await pool.end()
      try {
        await admin.query(`drop database ${name}`)
      } finally {
        await admin.end()
      }
    },
  }
}

async function openRedis(): Promise<Storage> {
  const redis = await connectRedis()
  const sqlite = await openSqlite()
  const secondaryStorage = redisStorage({ client: redis, keyPrefix: `${newName()}:` })
  return {
    options: { ...sqlite.options, secondaryStorage },
    async close() {
      await secondaryStorage.clear()
      redis.disconnect()
      await sqlite.close()
    },
  }
}

const withOrm = (orm: Orm) => async (): Promise<Storage> => {
  const { url, drop } = await newPostgresDatabase()
  const pool = new pg.Pool({ connectionString: url })
  const ends = [drop, () => pool.end()]
  return {
    options: { database: pool },
    async throughOrm(options) {
      const { database, close } = await orm(options, pool)
      ends.push(close)
      return database
    },
    async close() {
      for (const end of ends.reverse()) await end()
    },
  }
}

const withIds = (open: () => Promise<Storage>, generateId: 'serial' | 'uuid') => async (): Promise<Storage> => {
  const storage = await open()
  return { ...storage, options: { ...storage.options, advanced: { database: { generateId } } } }
}

export const databases: Database[] = [
  { name: 'SQLite', open: openSqlite, skip: false },
  { name: 'PostgreSQL', open: openPostgres, skip: noPostgres },
  { name: 'MariaDB', open: openMariadb, skip: noMariadb },
  { name: 'SQLite and Redis', open: openRedis, skip: noRedis },
]

/** Those with UUIDs as IDs, for which PostgreSQL has a type of its own. */
export const uuidDatabases: Database[] = [
  { name: 'PostgreSQL, UUIDs', open: withIds(openPostgres, 'uuid'), skip: noPostgres },
  { name: 'MariaDB, UUIDs', open: withIds(openMariadb, 'uuid'), skip: noMariadb },
]

/** Those with numbers as IDs, where only `assign: 'field'` works. */
export const serialDatabases: Database[] = [
  { name: 'SQLite, serial IDs', open: withIds(openSqlite, 'serial'), skip: false },
  { name: 'PostgreSQL, serial IDs', open: withIds(openPostgres, 'serial'), skip: noPostgres },
  { name: 'MariaDB, serial IDs', open: withIds(openMariadb, 'serial'), skip: noMariadb },
]

/** PostgreSQL through an ORM, with transactions and without. */
export const ormDatabases: Database[] = [
  { name: 'Drizzle', open: withOrm(throughDrizzle(true)), skip: noPostgres },
  { name: 'Drizzle, no transactions', open: withOrm(throughDrizzle(false)), skip: noPostgres },
  { name: 'Prisma', open: withOrm(throughPrisma(true)), skip: noPostgres || noPrisma },
  { name: 'Prisma, no transactions', open: withOrm(throughPrisma(false)), skip: noPostgres || noPrisma },
]

/** For what does not depend on the database. */
export const sqlite: Database = { name: 'SQLite', open: openSqlite, skip: false }
