// One use for a proof, one request at a time for an identity: a key that the first request gets. In Better Auth's verification
// table, or in its secondary storage where that is what the app uses for verification values.

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

/** What is reserved: the use of a proof or of a ticket, or an identity while a user is made. */
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

/** Long enough for a sign-up, short enough for the next try after a process died in the middle of one. */
const IDENTITY_SECONDS = 10

const model = 'verification'

interface Row {
  id: string
  value: string
}

/** The app's secrets, the oldest first: servers that are told a new one at different times have one in common. */
function secretsOf({ secret, secretConfig }: AuthContext): string[] {
  if (typeof secretConfig === 'string') return [secretConfig || secret]
  const versions = Array.from(secretConfig.keys).toSorted(([one], [other]) => one - other)
  const known = [secretConfig.legacySecret, ...versions.map(([, value]) => value)]
  // One may stand there twice, in the environment and among the versions: its keys would be taken by themselves.
  return [...new Set(known.filter((value) => value !== undefined))]
}

/**
 * The keys of a name, one for each secret of the app. Strangers name verification values in requests, and so can delete them
 * (`/magic-link/verify?token=…`): no key can be computed without a secret (HKDF, RFC 5869; HMAC, RFC 2104).
 */
function keysOf(context: AuthContext, { kind, value }: Name): string[] {
  return secretsOf(context).map((secret) => {
    const key = hkdfSync('sha256', secret, '', 'local-first-identity reservation', 32)
    return NAMESPACE + createHmac('sha256', Buffer.from(key)).update(`${kind}:${value}`).digest('base64url')
  })
}

const secondaryStorage = ({ options }: AuthContext) =>
  options.verification?.storeInDatabase ? undefined : options.secondaryStorage

/** Finds out what the first reservation must know, which a transaction would not survive. */
export async function prepare(context: AuthContext): Promise<void> {
  if (!secondaryStorage(context)) await rowIdsOf(context)
}

/** Reserves all keys or none. Every server begins with the oldest: the first to have that one gets the others, too. */
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
  // A value of its own: not every database tells which number a row was given. No stranger may guess it, either.
  const data = { identifier: key, value: randomUUID(), expiresAt, createdAt: now, updatedAt: now }
  const ids = await rowIdsOf(context)
  return ids === 'by-order' ? reserveByOrder(context, data) : reserveById(context, { ...data, id: ids.byKey(key) })
}

/** @throws TypeError if the storage gives no count: what is not understood must not pass as a first use, nor as a second. */
function reserveByCount(count: unknown): boolean {
  if (!Number.isSafeInteger(count) || (count as number) < 1) {
    throw typeError('`secondaryStorage.increment` must give the count, a whole number from 1')
  }
  return count === 1
}

/** The primary key lets one row in. What another database says about a second one is told by looking for the first. */
async function reserveById(context: AuthContext, data: { id: string; identifier: string }): Promise<boolean> {
  const adapter = await getCurrentAdapter(context.adapter)
  const create = () => adapter.create({ model, data, forceAllowId: true })
  if (await inTransaction(context)) {
    // A second row would end the transaction on PostgreSQL.
    if (await findRow(context, data.identifier)) return false
    await create()
    return true
  }
  let isTaken = false
  try {
    await retry(create, async () => {
      isTaken = (await findRow(context, data.identifier)) !== undefined
      // If it is not, it was given back in between, or the database has a fault, which the next try shows again.
      return !isTaken
    })
    return true
  } catch (error) {
    if (isTaken) return false
    throw error
  }
}

/**
 * With numbers from the database as IDs no row can be reserved by its ID: the first row of the key wins. Of two requests
 * in the same instant both may, where numbers are given out in another order than rows become visible: then the unique
 * column of the identity is what lets one user through.
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
 * Reserves what is good for one use, a proof or a ticket, until it has expired by the clock of every server. Inside a
 * transaction it goes and stays with the rest of that.
 */
export async function reserveUse(context: AuthContext, name: Name, lifetime: Lifetime): Promise<boolean> {
  const keys = keysOf(context, name)
  // Once a minute, this is also how Better Auth clears away the rows that have expired.
  if (!secondaryStorage(context)) await context.internalAdapter.findVerificationValue(keys[0] ?? '')
  return reserveAll(context, keys, secondsToRemember(lifetime))
}

/** Reserves an identity for this request, so that two sign-ups cannot both find it free. */
export async function reserveIdentity(context: AuthContext, name: Name): Promise<boolean> {
  const keys = keysOf(context, name)
  const attempt = () => reserveAll(context, keys, IDENTITY_SECONDS)
  if (await attempt()) return true
  if (secondaryStorage(context)) return false
  // A row outlives its time until it is cleared away. Only such a one goes: another request may have come in between.
  const expired = { field: 'expiresAt', value: new Date(), operator: 'lt' } as const
  const gone = await Promise.all(keys.map((key) => deleteRows(context, key, expired)))
  return gone.some((count) => count > 0) && attempt()
}

const TRIES = 20
const PAUSE_MS = 50

/**
 * Reserves an identity, and waits up to a second for another request to give it back. Of two requests that open one link, the
 * one that has the identity must also be the one that gets the link's token. Not for use inside of a transaction.
 */
export async function reserveIdentityInTurn(context: AuthContext, name: Name): Promise<boolean> {
  for (let left = TRIES; left > 0; left--) {
    if (await reserveIdentity(context, name)) return true
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return false
}

/**
 * Reserves the use of a proof and an identity, as far as they are given: all or nothing.
 *
 * @returns What is reserved; `'use'` or `'identity'` if that could not be had.
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

/** Gives back what was reserved. */
export async function release(context: AuthContext, name: Name): Promise<void> {
  // In the other order: who has the oldest key must find the others free.
  for (const key of keysOf(context, name).toReversed()) await releaseKey(context, key)
}
