// Better Auth's database through Drizzle and Prisma, with the tables that its own migration made.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import type { BetterAuthOptions } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { getSchema } from 'better-auth/db'
import { drizzle } from 'drizzle-orm/node-postgres'
import * as columns from 'drizzle-orm/pg-core'
import type { Pool } from 'pg'

import { absence } from '../services.mts'

/** Makes the database option of an app whose tables are there. */
export type Orm = (options: BetterAuthOptions, pool: Pool) => Promise<OrmDatabase>

export interface OrmDatabase {
  database: BetterAuthOptions['database']
  close(): Promise<void>
}

type Field = ReturnType<typeof getSchema>[string]['fields'][string]

/** What the tests' plugins have of Better Auth's types of fields, as types of Drizzle's and Prisma's. */
const TYPES = {
  string: { drizzle: () => columns.text(), prisma: 'String' },
  number: { drizzle: () => columns.integer(), prisma: 'Int' },
  boolean: { drizzle: () => columns.boolean(), prisma: 'Boolean' },
  date: { drizzle: () => columns.timestamp({ withTimezone: true }), prisma: 'DateTime @db.Timestamptz(3)' },
}

const typeOf = ({ type }: Field) => TYPES[type as keyof typeof TYPES] ?? assert.fail(`no type for ${String(type)}`)

const tablesOf = (options: BetterAuthOptions) =>
  Object.entries(getSchema(options)).map(([name, { fields }]) => ({ name, fields: Object.entries(fields) }))

function drizzleTable(name: string, fields: [string, Field][]) {
  const column = (field: Field) => (field.required ? typeOf(field).drizzle().notNull() : typeOf(field).drizzle())
  return columns.pgTable(name, {
    id: columns.text().primaryKey(),
    ...Object.fromEntries(fields.map(([name, field]) => [name, column(field)])),
  })
}

/** With transactions, or without, which is its adapter's default. */
export const throughDrizzle =
  (transaction: boolean): Orm =>
  async (options, pool) => {
    const schema = Object.fromEntries(tablesOf(options).map(({ name, fields }) => [name, drizzleTable(name, fields)]))
    const database = drizzleAdapter(drizzle(pool, { schema }), { provider: 'pg', schema, transaction })
    return { database, close: async () => {} }
  }

const drivers = fileURLToPath(new URL('../drivers/node_modules/', import.meta.url))
const requireDriver = createRequire(join(drivers, 'x'))

export const noPrisma = await absence('Prisma', 'npm ci --prefix __test__/drivers', async () =>
  requireDriver.resolve('@prisma/adapter-pg'),
)

function prismaModel(name: string, fields: [string, Field][]): string {
  const lines = fields.map(([name, field]) => {
    const [type, native = ''] = typeOf(field).prisma.split(' ')
    return `  ${name} ${type}${field.required ? '' : '?'} ${native}${field.unique ? ' @unique' : ''}`
  })
  return [`model ${name} {`, '  id String @id', ...lines, '}', ''].join('\n')
}

/** Has Prisma generate a client in a folder: the client is written in TypeScript, and needs no engine. */
async function generateClient(folder: string, options: BetterAuthOptions): Promise<string> {
  const schema = `generator client {
  provider = "prisma-client"
  output   = "./generated"
}
datasource db {
  provider = "postgresql"
}
${tablesOf(options)
  .map(({ name, fields }) => prismaModel(name, fields))
  .join('')}`
  writeFileSync(join(folder, 'schema.prisma'), schema)
  const prisma = requireDriver.resolve('prisma/build/index.js')
  // `generate` needs no engine, but downloads one unless this names an existing file.
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }
  await promisify(execFile)(process.execPath, [prisma, 'generate', '--schema', 'schema.prisma'], { cwd: folder, env })
  return pathToFileURL(join(folder, 'generated', 'client.ts')).href
}

/** With transactions, or without, which is its adapter's default. */
export const throughPrisma =
  (transaction: boolean): Orm =>
  async (options, pool) => {
    // There, the generated client finds what it imports.
    const folder = mkdtempSync(join(drivers, '.prisma-'))
    try {
      const { PrismaClient } = await import(await generateClient(folder, options))
      const { PrismaPg } = requireDriver('@prisma/adapter-pg')
      const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: pool.options.connectionString }) })
      const database = prismaAdapter(client, { provider: 'postgresql', transaction })
      return { database, close: () => client.$disconnect() }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
