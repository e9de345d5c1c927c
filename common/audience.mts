import { utf8ToBytes } from '@noble/hashes/utils.js'
import { typeError, valueError } from './errors.mts'

import { hasLoneSurrogate } from './text.mts'
import { DNS, formatUuid, parseUuid, uuidV5 } from './uuid.mts'

/**
 * Normalises an audience to the UUID in a token's `aud`. A UUID is itself. Any other name becomes its UUIDv5 in the DNS
 * namespace. The name is not trimmed and not Unicode-normalised.
 *
 * @throws TypeError if it is not a string, is empty, or has lone surrogates: as UTF-8, two such names would be the same.
 */
export const normalizeAudience = (audience: unknown): string => formatUuid(uuidOf('audience', audience))

/**
 * Returns the UUID of a name as 16 bytes.
 *
 * @param argument - The argument's name, for errors.
 * @throws TypeError as `normalizeAudience` does.
 */
export function uuidOf(argument: string, name: unknown): Uint8Array {
  if (typeof name !== 'string') throw typeError(`${argument} must be a string`)
  if (name === '') throw valueError(`${argument} must not be empty`)
  if (hasLoneSurrogate(name)) throw valueError(`${argument} must not contain lone surrogates`)
  return parseUuid(name) ?? uuidV5(DNS, utf8ToBytes(name))
}
