// From a secret to a user ID: secret → signing key → public key → user ID.

import { getPublicKey, hashes, sign } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

import { parseSecret } from './secret.mts'
import { formatUuid, uuidV5 } from './uuid.mts'

// Ed25519 comes without its hash. Web Crypto's would make every call asynchronous, and is neither in React Native nor on
// pages without HTTPS.
hashes.sha512 = sha512

/** The key that signs for an identity. */
export interface SigningKey {
  /** 32 bytes (RFC 8032 §5.1.5). */
  publicKey: Uint8Array
  /** The user ID as its 16 bytes. */
  userId: Uint8Array<ArrayBuffer>
  /** The 64 bytes of a signature (RFC 8032 §5.1.6). */
  sign(message: Uint8Array): Uint8Array
}

/** Derives the key: Ed25519 with the first half of SHA-512(domain ‖ secret) as its seed. */
export function signingKeyOf(secret: Uint8Array): SigningKey {
  const seed = sha512(concatBytes(utf8ToBytes('jazz-auth-sign-v1'), secret)).slice(0, 32)
  const publicKey = getPublicKey(seed)
  return {
    publicKey,
    userId: uuidV5(utf8ToBytes('jazz-auth-key-v1'), publicKey),
    sign: (message) => sign(message, seed),
  }
}

/**
 * Derives the user ID that belongs to a secret: the account that whoever holds the secret owns.
 *
 * @param secret - 43 characters of base64url without padding (32 bytes).
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError naming the argument, if it is not as described. The message never has the secret.
 * @see RFC 8032 §5.1.5, RFC 9562 §5.5
 */
export const deriveUserId = (secret: string): string => formatUuid(signingKeyOf(parseSecret(secret)).userId)
