// The app's data, one text a person. It stands for your sync server, which knows a person by the user ID in their token.

import { createHash } from 'node:crypto'

import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { SYNC_AUDIENCE } from './audiences.mts'
import { database } from './database.mts'
import { origin } from './settings.mts'

const jwks = createRemoteJWKSet(new URL('/api/auth/jwks', origin))
const UNREACHABLE: ReadonlySet<string> = new Set([errors.JWKSTimeout.code, errors.JOSEError.code])

/**
 * Whose token it is, signed by a device itself or by Better Auth for who is signed in: the same user ID either way.
 *
 * @returns The user ID; `undefined` if the token does not hold.
 */
export async function userIdOf(token: string): Promise<string | undefined> {
  const proof = verifyLocalFirstIdentityProof(token, SYNC_AUDIENCE)
  if (proof.ok) return proof.id
  try {
    const expected = { issuer: origin, audience: origin, algorithms: ['EdDSA'], requiredClaims: ['sub', 'exp'] }
    return (await jwtVerify(token, jwks, expected)).payload.sub
  } catch (error) {
    // That the keys cannot be had is no fault of the token's.
    if (error instanceof errors.JOSEError && !UNREACHABLE.has(error.code)) return undefined
    throw error
  }
}

/** Makes room for notes in a new database. */
export const createNotes = (): Promise<void> =>
  database.schema
    .createTable('notes')
    .ifNotExists()
    .addColumn('owner', 'text', (column) => column.primaryKey())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute()

/** What tells one text from another (RFC 9110 §8.8.3). */
export const entityTag = (text: string | null): string =>
  `"${createHash('sha256')
    .update(text ?? '')
    .digest('base64url')}"`

async function read(from: typeof database, owner: string): Promise<string | null> {
  const row = await from.selectFrom('notes').select('text').where('owner', '=', owner).executeTakeFirst()
  return row?.text ?? null
}

/** A person's notes; `null` if there are none. */
export const readNotes = (owner: string): Promise<string | null> => read(database, owner)

/**
 * Keeps a person's notes in place of what they had.
 *
 * @param expected - The entity tag of what they had, as far as the writer knows. Another device may have written since.
 * @returns Whether they are kept: not if they had something else.
 */
export const writeNotes = (owner: string, text: string, expected?: string): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    if (expected !== undefined && expected !== entityTag(await read(transaction, owner))) return false
    const insert = transaction.insertInto('notes').values({ owner, text })
    await insert.onConflict((conflict) => conflict.column('owner').doUpdateSet({ text })).execute()
    return true
  })
