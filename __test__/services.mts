// The databases on this machine that tests talk to. What is not there is skipped with a reason; where CI is set it must be
// there.

import { randomUUID } from 'node:crypto'

import { Redis } from 'ioredis'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'

const { env } = process
export const POSTGRES_URL = env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432'
export const MARIADB_URL = env.MARIADB_URL ?? 'mysql://root@127.0.0.1:3306'
export const REDIS_URL = env.REDIS_URL ?? 'redis://127.0.0.1:6379'

/** A name that no database, schema or key has. */
export const newName = (): string => `lfi_${randomUUID().replaceAll('-', '')}`

/** Fails at once where there is no Redis, instead of trying for ever. */
export async function connectRedis(): Promise<Redis> {
  const redis = new Redis(REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
  let cause: Error | undefined
  redis.on('error', (error) => {
    cause = error
  })
  await redis.connect().catch((error) => {
    throw cause ?? error
  })
  return redis
}

/**
 * Makes a database of its own in PostgreSQL.
 *
 * @returns Its address, and how to remove it.
 */
export async function newPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = newName()
  const admin = new pg.Client(POSTGRES_URL)
  await admin.connect()
  await admin.query(`create database ${name}`)
  return {
    url: `${POSTGRES_URL}/${name}`,
    async drop() {
      try {
        await admin.query(`drop database ${name}`)
      } finally {
        await admin.end()
      }
    },
  }
}

/** Whether something is here: `false`, or why tests are skipped that need it. */
export async function absence(name: string, remedy: string, connect: () => Promise<unknown>): Promise<string | false> {
  if (env.CI) return false
  try {
    await connect()
    return false
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `${name} is not here (${remedy}): ${code ?? message}`
  }
}

export const noPostgres = await absence('PostgreSQL', 'POSTGRES_URL', async () => {
  const client = new pg.Client(POSTGRES_URL)
  await client.connect()
  await client.end()
})
export const noMariadb = await absence('MariaDB', 'MARIADB_URL', async () =>
  (await createConnection(MARIADB_URL)).end(),
)
export const noRedis = await absence('Redis', 'REDIS_URL', async () => (await connectRedis()).disconnect())
