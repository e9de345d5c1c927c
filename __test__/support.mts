// Makes any token at all, good or broken, without the addon: only node:crypto.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

import type { ProofErrorCode } from 'local-first-identity'

export const now = 1_795_305_565
export const audience = 'betterauth-signup'
export const secret = 'D94sDJBiaxQewrHKtRym_4Bdxlmu24J6MR7zzxhbJM8'
export const userId = 'ded9adf1-be69-5a9d-b11a-cb0871e97f9c'

export interface ProofVector {
  secret: string
  audience: string
  ttlSeconds: number
  issuedAt: number
  userId: string
  token: string
}

export const vectors = {
  identities: readVectors<{ secret: string; publicKey: string; userId: string }>('identities'),
  audiences: readVectors<{ audience: string; aud: string }>('audiences'),
  tokens: readVectors<ProofVector>('tokens'),
}

function readVectors<T>(name: string): T[] {
  const facts: T[] = JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
  if (facts.length === 0) throw new Error(`no vectors in ${name}.json`)
  return facts
}

export function signingKey(secret: string): KeyObject {
  const digest = createHash('sha512').update('jazz-auth-sign-v1').update(Buffer.from(secret, 'base64url')).digest()
  // RFC 8410 §7: the fixed DER prefix of an Ed25519 private key.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), digest.subarray(0, 32)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

export function publicKey(secret: string): string {
  return createPublicKey(signingKey(secret)).export({ format: 'jwk' }).x ?? ''
}

export const header = { alg: 'EdDSA', typ: 'JWT' }

export function claims(): Record<string, unknown> {
  return {
    iss: 'urn:jazz:local-first',
    sub: userId,
    aud: '9e0495df-0c67-5225-9628-35b8335fb38c',
    jazz_pub_key: publicKey(secret),
    iat: now,
    exp: now + 60,
  }
}

/** Signs a header and claims; text goes in as it stands. */
export function forge(changedHeader: unknown, changedClaims: unknown): string {
  const encode = (part: unknown) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
  const signingInput = `${encode(changedHeader)}.${encode(changedClaims)}`
  return `${signingInput}.${sign(null, Buffer.from(signingInput), signingKey(secret)).toString('base64url')}`
}

export const goodToken = forge(header, claims())

/** One token a code: the compiler refuses a table in which a code is missing. */
export function rejected(): Record<ProofErrorCode, string> {
  const [other] = vectors.identities
  const later = forge(header, { ...claims(), exp: now + 61 })
  return {
    missing: '',
    'too-long': 'x'.repeat(2049),
    malformed: `${goodToken}.`,
    'unsupported-algorithm': forge({ alg: 'HS256', typ: 'JWT' }, claims()),
    'unsupported-header': forge({ ...header, crit: ['exp'] }, claims()),
    'invalid-claims': forge(header, { ...claims(), nbf: now }),
    'unknown-issuer': forge(header, { ...claims(), iss: 'urn:jazz:anonymous' }),
    'audience-mismatch': forge(header, { ...claims(), aud: userId }),
    'issued-in-future': forge(header, { ...claims(), iat: now + 61, exp: now + 120 }),
    expired: forge(header, { ...claims(), iat: now - 60, exp: now }),
    'ttl-too-long': forge(header, { ...claims(), exp: now + 3601 }),
    'invalid-public-key': forge(header, { ...claims(), jazz_pub_key: 'A'.repeat(43) }),
    'subject-mismatch': forge(header, { ...claims(), sub: other?.userId }),
    'invalid-signature': later.slice(0, -86) + goodToken.slice(-86),
  }
}
