// The app's data, one text a person. It stands for your sync server, which knows a person by the user ID in their token.

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

/** Keeps a person's notes in place of what they had. */
export async function writeNotes(owner: string, text: string): Promise<void> {
  const insert = database.insertInto('notes').values({ owner, text })
  await insert.onConflict((conflict) => conflict.column('owner').doUpdateSet({ text })).execute()
}

/** A person's notes; `null` if there are none. */
export async function readNotes(owner: string): Promise<string | null> {
  const row = await database.selectFrom('notes').select('text').where('owner', '=', owner).executeTakeFirst()
  return row?.text ?? null
}
