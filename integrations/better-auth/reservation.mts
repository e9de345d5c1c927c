// One use for a proof, one request at a time for an identity: a key that whoever comes first gets. In Better Auth's
// verification table, or in its secondary storage where that is what the app uses for verification values.

import { createHash, randomUUID } from 'node:crypto'

import type { AuthContext } from '@better-auth/core'
import type { Where } from '@better-auth/core/db/adapter'

/** Long enough for a sign-up, short enough for the next try after a process died in the middle of one. */
const IDENTITY_SECONDS = 10

const model = 'verification'

interface Row {
  id: string
  value: string
}

export const proofKey = (proofId: string): string => `local-first-identity:proof:${proofId}`
export const ticketKey = (ticket: string): string => `local-first-identity:ticket:${ticket}`
export const identityKey = (identity: string): string => `local-first-identity:identity:${identity}`

/** What a database says of a statement that it ended for another, which waited for it: MySQL and MariaDB, PostgreSQL. */
const DEADLOCKS: readonly unknown[] = ['ER_LOCK_DEADLOCK', '40P01']

const isDeadlock = (error: unknown): boolean => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } }
  // Some adapters have the driver's error as the cause of their own.
  return DEADLOCKS.includes(code) || DEADLOCKS.includes(cause?.code)
}

/** Runs one statement, which leaves nothing behind when a deadlock ends it: InnoDB may do that to any, and asks to try again. */
async function retryDeadlocks<T>(statement: () => Promise<T>, tries = 10): Promise<T> {
  try {
    return await statement()
  } catch (error) {
    if (tries === 1 || !isDeadlock(error)) throw error
    return retryDeadlocks(statement, tries - 1)
  }
}

const secondaryStorage = ({ options }: AuthContext) =>
  options.verification?.storeInDatabase ? undefined : options.secondaryStorage

const hasSerialIds = ({ options }: AuthContext) => options.advanced?.database?.generateId === 'serial'

/**
 * The ID of a key's row: SHA-256, cut to a UUID, since that is what every database of Better Auth's has room for. Its own
 * `reserveVerificationValue` has 43 characters, for which the column of MySQL and MariaDB is too short.
 */
function rowId({ adapter }: AuthContext, key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  const usesObjectId = (adapter.options as { usesObjectIdKey?: (model: string) => boolean } | undefined)
    ?.usesObjectIdKey
  if (usesObjectId?.(model)) return hex.slice(0, 24)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

async function reserve(context: AuthContext, key: string, expiresAt: Date): Promise<boolean> {
  const storage = secondaryStorage(context)
  if (storage) {
    // It may live a second too long; a second too short would let a proof be used again.
    const seconds = Math.ceil((expiresAt.getTime() - Date.now()) / 1000) + 1
    return (await storage.increment(key, Math.max(seconds, 1))) === 1
  }
  const now = new Date()
  const data = { identifier: key, value: '', expiresAt, createdAt: now, updatedAt: now }
  if (hasSerialIds(context)) return reserveByOrder(context, data)
  return reserveById(context, { ...data, id: rowId(context, key) })
}

/** The primary key lets one row in. What another database says about a second one is told by looking for the first. */
async function reserveById(
  context: AuthContext,
  data: { id: string; identifier: string },
  tries = 10,
): Promise<boolean> {
  try {
    await context.adapter.create({ model, data, forceAllowId: true })
    return true
  } catch (error) {
    if (await findRow(context, data.identifier)) return false
    // It was given back in between, or the database has a fault, which the next try shows again.
    if (tries === 1) throw error
    return reserveById(context, data, tries - 1)
  }
}

/**
 * With numbers from the database as IDs no row can be reserved by its ID: the first row of the key wins. Of two requests
 * in the same instant both may, where numbers are given out in another order than rows become visible: then the unique
 * column of the identity is what lets one user through.
 */
async function reserveByOrder(context: AuthContext, data: { identifier: string }): Promise<boolean> {
  // Its own mark, since not every database tells which number a row was given.
  const value = randomUUID()
  await retryDeadlocks(() => context.adapter.create({ model, data: { ...data, value } }))
  const first = await findRow(context, data.identifier)
  if (first?.value === value) return true
  await deleteRows(context, data.identifier, { field: 'value', value })
  return false
}

const whereKey = (context: AuthContext, key: string) =>
  hasSerialIds(context) ? { field: 'identifier', value: key } : { field: 'id', value: rowId(context, key) }

const deleteRows = (context: AuthContext, key: string, ...more: Where[]): Promise<number> =>
  retryDeadlocks(() => context.adapter.deleteMany({ model, where: [whereKey(context, key), ...more] }))

async function findRow(context: AuthContext, key: string): Promise<Row | undefined> {
  const sortBy = { field: 'id', direction: 'asc' } as const
  return (await context.adapter.findMany<Row>({ model, where: [whereKey(context, key)], sortBy, limit: 1 }))[0]
}

/**
 * Reserves what is good for one use, a proof or a ticket, until it expires in Unix seconds. Never inside a transaction,
 * which SQLite would wait for without end.
 */
export async function reserveUse(context: AuthContext, key: string, expiresAt: number): Promise<boolean> {
  // Once a minute, this is also how Better Auth clears away the rows that have expired.
  if (!secondaryStorage(context)) await context.internalAdapter.findVerificationValue(key)
  return reserve(context, key, new Date(expiresAt * 1000))
}

/** Reserves an identity for this request, so that two sign-ups cannot both find it free. */
export async function reserveIdentity(context: AuthContext, identity: string): Promise<boolean> {
  const key = identityKey(identity)
  const attempt = () => reserve(context, key, new Date(Date.now() + IDENTITY_SECONDS * 1000))
  if (await attempt()) return true
  if (secondaryStorage(context)) return false
  // A row outlives its time until it is cleared away. Only such a one goes: another request may have come in between.
  const expired = { field: 'expiresAt', value: new Date(), operator: 'lt' } as const
  return (await deleteRows(context, key, expired)) > 0 && attempt()
}

/** Gives a reserved key back. */
export async function release(context: AuthContext, key: string): Promise<void> {
  const storage = secondaryStorage(context)
  if (storage) await storage.delete(key)
  else await deleteRows(context, key)
}
