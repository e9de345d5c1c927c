// The secret as text and as bytes.

import { randomBytes } from '@noble/hashes/utils.js'
import { decodeBase64url, encodeBase64url } from '../../common/base64url.mts'
import { typeError, valueError } from '../../common/errors.mts'

/** How many bytes a secret has. */
export const SECRET_BYTES = 32

/** How many characters a secret has in base64url without padding. */
const SECRET_CHARACTERS = 43

/**
 * Makes a new identity's secret from the platform's random source. Anyone who has it is the user.
 *
 * React Native has no random source: import `react-native-get-random-values` first.
 *
 * @returns 43 characters of base64url without padding (32 bytes).
 * @throws Error if the platform has no `crypto.getRandomValues`.
 * @example
 * const secret = generateAuthSecret()
 * await store.saveSecret(secret)
 */
export const generateAuthSecret = (): string => encodeSecret(randomBytes(SECRET_BYTES))

/** Encodes 32 bytes as base64url without padding (RFC 4648 §5). */
export const encodeSecret = (bytes: Uint8Array): string => encodeBase64url(bytes)

/**
 * Decodes a secret to its 32 bytes. Returns `undefined` for anything else, and throws nothing: no error can then contain a
 * text that is nearly a secret.
 */
export function decodeSecret(secret: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof secret !== 'string' || secret.length !== SECRET_CHARACTERS) return undefined
  return decodeBase64url(secret)
}

/**
 * Decodes a secret to its 32 bytes.
 *
 * @throws TypeError if it is not a secret. The message never has it.
 */
export function parseSecret(secret: unknown): Uint8Array<ArrayBuffer> {
  if (typeof secret !== 'string') throw typeError('secret must be a string')
  const bytes = decodeSecret(secret)
  if (!bytes) throw valueError('secret must be 32 bytes as 43 characters of base64url without padding')
  return bytes
}
