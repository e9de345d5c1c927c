// The secret as text and as bytes.

import { randomBytes } from '@noble/hashes/utils.js'
import { decodeBase64url, encodeBase64url } from '../../common/base64url.mts'
import { typeError, valueError } from '../../common/errors.mts'

/** How many bytes a secret has. */
export const SECRET_BYTES = 32

/** How many characters a secret has in base64url without padding. */
const SECRET_CHARACTERS = 43

/** What Jazz writes before a secret, from 2.0.0-alpha.54 on. */
const V1_PREFIX = 'jazz-auth-v1:'

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
 * Decodes a secret to its 32 bytes, with the prefix `jazz-auth-v1:` or without it. Returns `undefined` for anything else, and
 * throws nothing: no error can then contain a text that is nearly a secret.
 */
export function decodeSecret(secret: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof secret !== 'string') return undefined
  const bare = secret.startsWith(V1_PREFIX) ? secret.slice(V1_PREFIX.length) : secret
  return bare.length === SECRET_CHARACTERS ? decodeBase64url(bare) : undefined
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

/**
 * Reads a secret in either spelling: bare, or with the prefix `jazz-auth-v1:`, as Jazz writes secrets from 2.0.0-alpha.54 on.
 * Nothing is trimmed, and the prefix is case-sensitive.
 *
 * @param text - 43 characters of base64url without padding (32 bytes), or the prefix and these 43 characters.
 * @returns The 43 characters.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) if it is not a secret. The message never has it.
 * @example
 * const secret = parseAuthSecret(exportLocalFirstSecret(account))
 * await store.saveSecret(secret)
 */
export const parseAuthSecret = (text: string): string => encodeSecret(parseSecret(text))

/**
 * Writes a secret with the prefix `jazz-auth-v1:`, as Jazz reads it from 2.0.0-alpha.54 on.
 *
 * @param secret - A secret in either spelling.
 * @returns 56 characters.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) if it is not a secret. The message never has it.
 * @example
 * const account = accounts.restoreLocalFirst(formatAuthSecret(secret))
 */
export const formatAuthSecret = (secret: string): string => V1_PREFIX + parseAuthSecret(secret)
