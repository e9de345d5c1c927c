// The JWTs of accounts. Their `sub` is the identity, unchanged. Jazz reads it as the user ID, so the account owns what the
// device wrote before the sign-up.

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

/** Loads the key, or makes one. It is in the database, so that people are still signed in after a restart. */
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

// Each member by its name, so that no secret member gets in by mistake.
const publicKey: JWK = { kty: 'OKP', crv: key.crv, x: key.x, kid, alg, use: 'sig' }

/** The issuer and the audience of the JWTs, and the keys that verify them. */
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
