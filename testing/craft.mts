// Makes any token at all, good or broken, without the addon's signer: only node:crypto.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

import { normalizeAudience } from 'local-first-identity'

import { ownOptions } from '../common/options.mts'
import { checkSecond, systemSeconds } from './clock.mts'
import { identities, type TestIdentity } from './identities.mts'

/** How a crafted proof differs from a good one; an option that is not listed here is refused. */
export interface CraftOptions {
  /** Members of the header that are changed or added; `undefined` leaves one out. */
  header?: Readonly<Record<string, unknown>> | undefined
  /** Claims that are changed or added; `undefined` leaves one out. */
  claims?: Readonly<Record<string, unknown>> | undefined
  /** Whom the claims are about. Default `identities.alice`. */
  identity?: TestIdentity | undefined
  /** Who signs it. Default: the same. */
  signer?: TestIdentity | undefined
  /** When it is made, in Unix seconds. Default: now, by the operating system's clock. */
  now?: number | undefined
}

/** The private key that signs for a secret (docs/protocol.md, "The identity"). */
export function signingKey(secret: string): KeyObject {
  const digest = createHash('sha512').update('jazz-auth-sign-v1').update(Buffer.from(secret, 'base64url')).digest()
  // RFC 8410 §7: the fixed DER prefix of an Ed25519 private key.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), digest.subarray(0, 32)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** The public key that a token carries: 43 characters of base64url (32 bytes). */
export const publicKey = (secret: string): string =>
  createPublicKey(signingKey(secret)).export({ format: 'jwk' }).x ?? ''

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/**
 * Makes a proof of 60 seconds that says what no client would say, and signs it all the same: for what `badProofs` does not
 * have. Without changes it is byte for byte what `proofFor` gives for the same time.
 *
 * @param audience - The name the verifier expects: at least one character.
 * @returns A compact JWS (RFC 7515 §7.1).
 * @throws TypeError or RangeError naming the argument or option, if one is not as described.
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
