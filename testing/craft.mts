// Makes any token, good or bad, with node:crypto and without the addon's signer.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

import { normalizeAudience } from 'local-first-identity'

import { ownOptions } from '../common/options.mts'
import { checkSecond, systemSeconds } from './clock.mts'
import { identities, type TestIdentity } from './identities.mts'

/** How a crafted proof differs from a good one. An unknown option throws. */
export interface CraftOptions {
  /** Members of the header to change or add; `undefined` leaves one out. */
  header?: Readonly<Record<string, unknown>> | undefined
  /** Claims to change or add; `undefined` leaves one out. */
  claims?: Readonly<Record<string, unknown>> | undefined
  /** The identity in the claims. Default `identities.alice`. */
  identity?: TestIdentity | undefined
  /** The identity that signs. Default: the same. */
  signer?: TestIdentity | undefined
  /** When it is made, in Unix seconds. Default: now, by the operating system's clock. */
  now?: number | undefined
}

/** Returns the private key of a secret (docs/protocol.md, "The identity"). */
export function signingKey(secret: string): KeyObject {
  const digest = createHash('sha512').update('jazz-auth-sign-v1').update(Buffer.from(secret, 'base64url')).digest()
  // RFC 8410 §7: the fixed DER prefix of an Ed25519 private key.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), digest.subarray(0, 32)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** Returns the public key that a token has: 43 characters of base64url (32 bytes). */
export const publicKey = (secret: string): string =>
  createPublicKey(signingKey(secret)).export({ format: 'jwk' }).x ?? ''

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/**
 * Makes a proof of 60 seconds with any header and claims, and signs it. Use it for flaws that `badProofs` does not have.
 * Without changes it has the same bytes as the proof that `proofFor` returns for the same time.
 *
 * @param audience - The name the verifier expects: at least one character.
 * @returns A compact JWS (RFC 7515 §7.1).
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument
 *   or option, if one is wrong.
 * @example
 * const token = craftProof('my-app-signup', { claims: { exp: undefined } })
 * assert.equal(verifyLocalFirstIdentityProof(token, 'my-app-signup').code, 'invalid-claims')
 */
export function craftProof(audience: string, options: CraftOptions = {}): string {
  const own = ownOptions('craftProof', options, ['header', 'claims', 'identity', 'signer', 'now'])
  const { header, claims, identity = identities.alice, signer = identity, now = systemSeconds() } = own
  checkSecond('craftProof', 'now', now)
  const good = {
    iss: 'urn:jazz:local-first',
    sub: identity.userId,
    aud: normalizeAudience(audience),
    jazz_pub_key: publicKey(identity.secret),
    iat: now,
    exp: now + 60,
  }
  const signingInput = `${encode({ alg: 'EdDSA', typ: 'JWT', ...header })}.${encode({ ...good, ...claims })}`
  return `${signingInput}.${sign(null, Buffer.from(signingInput), signingKey(signer.secret)).toString('base64url')}`
}
