// The JWTs of those who have an account. Their `sub` is the identity, verbatim: Jazz reads it as the user ID, so that what a
// device wrote before there was an account is the account's.

import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWK_OKP_Private,
  SignJWT,
} from 'jose'

import { database } from './database.mts'
import { origin } from './settings.mts'

const alg = 'EdDSA'

/** Kept in the database, or whoever is signed in would not be after a restart. */
async function loadKey(): Promise<JWK_OKP_Private> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const insert = database.prepare('insert into signing_key (id, jwk) values (1, ?) on conflict do nothing')
  insert.run(JSON.stringify(await exportJWK(privateKey)))
  const { jwk } = database.prepare('select jwk from signing_key').get() as { jwk: string }
  return JSON.parse(jwk)
}

const key = await loadKey()
const kid = await calculateJwkThumbprint(key)
const privateKey = await importJWK(key, alg)

// Each member by its name: nothing secret gets in by being forgotten.
const publicKey: JWK = { kty: 'OKP', crv: key.crv, x: key.x, kid, alg, use: 'sig' }

/** Who issues the JWTs, for whom, and the keys that they are checked with. */
export const provider = { issuer: origin, audience: origin, jwks: { keys: [publicKey] } }

export const issueToken = (jazzId: string): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg, kid })
    .setIssuer(provider.issuer)
    .setAudience(provider.audience)
    .setSubject(jazzId)
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(privateKey)
