// The bearers of the registry: how it verifies them, and an identity provider that issues them.

import {
  createLocalJWKSet,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose'
import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { anonymousIssuer, type Identity, isUsable, localFirstIssuer, Refused } from './registry-state.mts'

/** Which external JWTs are good. */
export interface Provider {
  keys: JSONWebKeySet | JWTVerifyGetKey
  issuer: string | string[]
  audience: string
}

export type VerifyBearer = (token: string, now: number) => Promise<Identity>

const invalid = () => new Refused(401, 'invalid account credential')

/** What a bearer says of itself, verified or not. */
export function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}

/** Our verifier has the limits of Jazz by default: `iat` 60 s ahead at most, and a lifetime of 3,600 s at most. */
function verifySelfSigned(token: string, appUuid: string, now: number): Identity {
  const { ok, id, issuer } = verifyLocalFirstIdentityProof(token, appUuid, {
    issuers: ['local-first', 'anonymous'],
    now,
  })
  if (!ok) throw invalid()
  if (issuer === 'anonymous') throw new Refused(401, 'read-only anonymous identities cannot own accounts')
  return { issuer: localFirstIssuer, subject: id }
}

export function bearerVerifier(appUuid: string, { keys, issuer, audience }: Provider): VerifyBearer {
  const getKey = typeof keys === 'function' ? keys : createLocalJWKSet(keys)
  return async (token, now) => {
    const claimed = claimsOf(token).iss
    if (claimed === localFirstIssuer || claimed === anonymousIssuer) return verifySelfSigned(token, appUuid, now)
    const options = { issuer, audience, currentDate: new Date(now * 1000), requiredClaims: ['exp', 'sub'] }
    const { payload } = await jwtVerify(token, getKey, options).catch(() => Promise.reject(invalid()))
    const { iss = '', sub = '' } = payload
    if (!isUsable(sub)) throw invalid()
    return { issuer: iss, subject: sub }
  }
}

/** An identity provider with a new ES256 key. `claims` replace what `token` says by default; `undefined` leaves one out. */
export async function createProvider(issuer: string, audience: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] }
  const token = (sub: string, now: number, claims: Record<string, unknown> = {}) =>
    new SignJWT({ iss: issuer, aud: audience, sub, exp: now + 3600, ...claims })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey)
  return { keys, issuer, audience, token }
}
