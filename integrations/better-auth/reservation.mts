// Reserves a proof for one use, and an identity for one request at a time. A reservation is a key that only the first request
// gets. The keys are in Better Auth's verification table, or in its secondary storage if the app keeps verification values there.

import { createHmac, hkdfSync, randomUUID } from 'node:crypto'
import type { AuthContext } from '@better-auth/core'
import { getCurrentAdapter } from '@better-auth/core/context'
import type { Where } from '@better-auth/core/db/adapter'
import { typeError } from '../../common/errors.mts'

import { retry } from '../../common/retry.mts'
import { type Lifetime, secondsToRemember } from '../../stores/one-time-proof.mts'
import { NAMESPACE } from '../../stores/store.mts'
import { rowIdsOf } from './row-id.mts'
import { inTransaction, retryDeadlocks } from './transaction.mts'

/** What is reserved: the use of a proof or of a ticket, or an identity while a user is created. */
export interface Name {
  kind: 'proof' | 'ticket' | 'identity'
  value: string
}

/** What a call has reserved. */
export interface Reserved {
  /** The use of its proof or ticket. */
  use?: Name | undefined
  identity?: Name | undefined
}

/** Long enough for a sign-up. Short enough for the next attempt, if a process died during a sign-up. */
const IDENTITY_SECONDS = 10

const model = 'verification'

interface Row {
  id: string
  value: string
}

/** Returns the app's secrets, the oldest first. Servers that get a new secret at different times still share an old one. */
function secretsOf({ secret, secretConfig }: AuthContext): string[] {
  if (typeof secretConfig === 'string') return [secretConfig || secret]
  const versions = Array.from(secretConfig.keys).toSorted(([one], [other]) => one - other)
  const known = [secretConfig.legacySecret, ...versions.map(([, value]) => value)]
  // A secret can be there twice: in the environment and among the versions. Its second key would find the first one taken.
  return [...new Set(known.filter((value) => value !== undefined))]
}

/**
 * Makes the keys of a name, one for each secret of the app. No key can be computed without a secret (HKDF, RFC 5869; HMAC,
 * RFC 2104). A stranger who knew a key could delete it, with a request that names it as a verification value
 * (`/magic-link/verify?token=…`).
 */
function keysOf(context: AuthContext, { kind, value }: Name): string[] {
  return secretsOf(context).map((secret) => {
    const key = hkdfSync('sha256', secret, '', 'local-first-identity reservation', 32)
    return NAMESPACE + createHmac('sha256', Buffer.from(key)).update(`${kind}:${value}`).digest('base64url')
  })
}

const secondaryStorage = ({ options }: AuthContext) =>
  options.verification?.storeInDatabase ? undefined : options.secondaryStorage

/** Finds out which IDs the table takes, before the first reservation. Inside a transaction it would be too late: see `rowIdsOf`. */
export async function prepare(context: AuthContext): Promise<void> {
  if (!secondaryStorage(context)) await rowIdsOf(context)
}

/** Reserves all keys or none. Every server begins with the oldest key, so the request that gets it also gets the others. */
async function reserveAll(context: AuthContext, keys: string[], seconds: number): Promise<boolean> {
  const [key, ...more] = keys
  if (key === undefined) return true
  if (!(await reserveKey(context, key, seconds))) return false
  if (await reserveAll(context, more, seconds)) return true
  await releaseKey(context, key)
  return false
}

async function reserveKey(context: AuthContext, key: string, seconds: number): Promise<boolean> {
  const storage = secondaryStorage(context)
  if (storage) return reserveByCount(await storage.increment(key, seconds))
  const now = new Date()
  const expiresAt = new Date(now.getTime() + seconds * 1000)
  // The value identifies the row, because not every database returns the number that it gave. No stranger may guess the value.
  const data = { identifier: key, value: randomUUID(), expiresAt, createdAt: now, updatedAt: now }
  const ids = await rowIdsOf(context)
  return ids === 'by-order' ? reserveByOrder(context, data) : reserveById(context, { ...data, id: ids.byKey(key) })
}

/** @throws TypeError if the storage returns no count: such an answer must count neither as a first use nor as a second one. */
function reserveByCount(count: unknown): boolean {
  if (!Number.isSafeInteger(count) || (count as number) < 1) {
    throw typeError('`secondaryStorage.increment` must return the count, an integer from 1')
  }
  return count === 1
}

/** The primary key lets one row in. Databases report a second row with different errors, so look for the first row instead. */
async function reserveById(context: AuthContext, data: { id: string; identifier: string }): Promise<boolean> {
  const adapter = await getCurrentAdapter(context.adapter)
  const create = () => adapter.create({ model, data, forceAllowId: true })
  if (await inTransaction(context)) {
    // On PostgreSQL, writing a second row would end the transaction.
    if (await findRow(context, data.identifier)) return false
    await create()
    return true
  }
  let isTaken = false
  try {
    await retry(create, async () => {
      isTaken = (await findRow(context, data.identifier)) !== undefined
      // If there is no row, it was released in between, or the database has failed. A failure shows again at the next try.
      return !isTaken
    })
    return true
  } catch (error) {
    if (isTaken) return false
    throw error
  }
}

/**
 * Reserves a key where the database makes numbers as IDs. A row cannot be reserved by its ID there, so the first row of the key
 * wins. Two requests in the same instant may both win, if rows become visible in another order than their numbers. Then the
 * unique column of the identity lets only one user through.
 */
async function reserveByOrder(context: AuthContext, data: { identifier: string; value: string }): Promise<boolean> {
  const { identifier, value } = data
  const adapter = await getCurrentAdapter(context.adapter)
  await retryDeadlocks(context, () => adapter.create({ model, data }))
  const first = await findRow(context, identifier)
  if (first?.value === value) return true
  await deleteRows(context, identifier, { field: 'value', value })
  return false
}

async function whereKey(context: AuthContext, key: string): Promise<Where> {
  const ids = await rowIdsOf(context)
  return ids === 'by-order' ? { field: 'identifier', value: key } : { field: 'id', value: ids.byKey(key) }
}

async function deleteRows(context: AuthContext, key: string, ...more: Where[]): Promise<number> {
  const adapter = await getCurrentAdapter(context.adapter)
  const where = [await whereKey(context, key), ...more]
  return retryDeadlocks(context, () => adapter.deleteMany({ model, where }))
}

async function findRow(context: AuthContext, key: string): Promise<Row | undefined> {
  const sortBy = { field: 'id', direction: 'asc' } as const
  const adapter = await getCurrentAdapter(context.adapter)
  return (await adapter.findMany<Row>({ model, where: [await whereKey(context, key)], sortBy, limit: 1 }))[0]
}

/**
 * Reserves a proof or a ticket, which can be used once, until it has expired by the clock of every server. Inside a
 * transaction, the reservation is committed or rolled back with the rest.
 */
export async function reserveUse(context: AuthContext, name: Name, lifetime: Lifetime): Promise<boolean> {
  const keys = keysOf(context, name)
  // This read also makes Better Auth delete the expired rows, once a minute.
  if (!secondaryStorage(context)) await context.internalAdapter.findVerificationValue(keys[0] ?? '')
  return reserveAll(context, keys, secondsToRemember(lifetime))
}

/** Reserves an identity for this request, so that two sign-ups cannot both find it free. */
export async function reserveIdentity(context: AuthContext, name: Name): Promise<boolean> {
  const keys = keysOf(context, name)
  const attempt = () => reserveAll(context, keys, IDENTITY_SECONDS)
  if (await attempt()) return true
  if (secondaryStorage(context)) return false
  // An expired row stays until it is deleted. Delete no other row: another request may have written one in between.
  const expired = { field: 'expiresAt', value: new Date(), operator: 'lt' } as const
  const gone = await Promise.all(keys.map((key) => deleteRows(context, key, expired)))
  return gone.some((count) => count > 0) && attempt()
}

const TRIES = 20
const PAUSE_MS = 50

/**
 * Reserves an identity, and waits up to a second for another request to release it. If two requests open one link, the request
 * with the identity must also get the link's token. Do not call this inside a transaction.
 */
export async function reserveIdentityInTurn(context: AuthContext, name: Name): Promise<boolean> {
  for (let left = TRIES; left > 0; left--) {
    if (await reserveIdentity(context, name)) return true
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return false
}

/**
 * Reserves the use of a proof and an identity, each if it is given: all or nothing.
 *
 * @returns What is reserved; `'use'` or `'identity'` if that one is taken.
 */
export async function reserve(
  context: AuthContext,
  use: { name: Name; lifetime: Lifetime } | undefined,
  identity: Name | undefined,
): Promise<Reserved | 'use' | 'identity'> {
  if (use && !(await reserveUse(context, use.name, use.lifetime))) return 'use'
  if (!identity || (await reserveIdentity(context, identity))) return { use: use?.name, identity }
  if (use) await release(context, use.name)
  return 'identity'
}

async function releaseKey(context: AuthContext, key: string): Promise<void> {
  const storage = secondaryStorage(context)
  if (storage) await storage.delete(key)
  else await deleteRows(context, key)
}

/** Releases a reservation. */
export async function release(context: AuthContext, name: Name): Promise<void> {
  // In the reverse order: a request that gets the oldest key must find the others free.
  for (const key of keysOf(context, name).toReversed()) await releaseKey(context, key)
}
