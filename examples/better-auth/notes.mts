// The app's data: one text for each person. It stands in for your sync server, which knows a person by the user ID in their
// token.

import { createHash } from 'node:crypto'

import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { SYNC_AUDIENCE } from './audiences.mts'
import { database } from './database.mts'
import { origin } from './settings.mts'

const jwks = createRemoteJWKSet(new URL('/api/auth/jwks', origin))
const UNREACHABLE: ReadonlySet<string> = new Set([errors.JWKSTimeout.code, errors.JOSEError.code])

/**
 * Finds the owner of a token. A device has signed it, or Better Auth for a person who is signed in. The user ID is the same
 * either way.
 *
 * @returns The user ID; `undefined` if the token is not valid.
 */
export async function userIdOf(token: string): Promise<string | undefined> {
  const proof = verifyLocalFirstIdentityProof(token, SYNC_AUDIENCE)
  if (proof.ok) return proof.id
  try {
    const expected = { issuer: origin, audience: origin, algorithms: ['EdDSA'], requiredClaims: ['sub', 'exp'] }
    return (await jwtVerify(token, jwks, expected)).payload.sub
  } catch (error) {
    // If the keys cannot be fetched, the token is not at fault.
    if (error instanceof errors.JOSEError && !UNREACHABLE.has(error.code)) return undefined
    throw error
  }
}

/** Makes the table for notes, if there is none. */
export const createNotes = (): Promise<void> =>
  database.schema
    .createTable('notes')
    .ifNotExists()
    .addColumn('owner', 'text', (column) => column.primaryKey())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute()

/** Returns the entity tag of a text: another text has another tag (RFC 9110 §8.8.3). */
export const entityTag = (text: string | null): string =>
  `"${createHash('sha256')
    .update(text ?? '')
    .digest('base64url')}"`

async function read(from: typeof database, owner: string): Promise<string | null> {
  const row = await from.selectFrom('notes').select('text').where('owner', '=', owner).executeTakeFirst()
  return row?.text ?? null
}

/** Returns a person's notes; `null` if there are none. */
export const readNotes = (owner: string): Promise<string | null> => read(database, owner)

/**
 * Replaces a person's notes.
 *
 * @param expected - The entity tag of the notes that the writer knows. Another device may have written since.
 * @returns Whether they were replaced. They are not if the notes have another tag by now.
 */
export const writeNotes = (owner: string, text: string, expected?: string): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    if (expected !== undefined && expected !== entityTag(await read(transaction, owner))) return false
    const insert = transaction.insertInto('notes').values({ owner, text })
    await insert.onConflict((conflict) => conflict.column('owner').doUpdateSet({ text })).execute()
    return true
  })
