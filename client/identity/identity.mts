// From a secret to a user ID: secret → signing key → public key → user ID.

import { getPublicKey, hashes, sign } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { formatUuid, uuidV5 } from '../../common/uuid.mts'
import { parseSecret } from './secret.mts'

// The library for Ed25519 has no hash of its own. Web Crypto's would make every call asynchronous. It is also missing in
// React Native and on pages without HTTPS.
hashes.sha512 = sha512

/** The key that signs for an identity. */
export interface SigningKey {
  /** 32 bytes (RFC 8032 §5.1.5). */
  publicKey: Uint8Array
  /** The user ID as 16 bytes. */
  userId: Uint8Array<ArrayBuffer>
  /** Returns the 64 bytes of a signature (RFC 8032 §5.1.6). */
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
 * Derives the user ID of a secret. Anyone who has the secret owns this identity.
 *
 * @param secret - 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them.
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the argument, if it is not a secret. The
 *   message never has the secret.
 * @see RFC 8032 §5.1.5, RFC 9562 §5.5
 * @example
 * const secret = generateAuthSecret()
 * const userId = deriveUserId(secret)
 */
export const deriveUserId = (secret: string): string => formatUuid(signingKeyOf(parseSecret(secret)).userId)
