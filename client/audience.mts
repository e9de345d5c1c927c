import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

import { formatUuid, parseUuid, uuidV5 } from './uuid.mts'

/** The DNS namespace (RFC 9562 §6.6). */
const DNS = '6ba7b8109dad11d180b400c04fd430c8'

/**
 * What stands in a token's `aud` for the name of an audience: a UUID stands for itself, any other name becomes its UUIDv5
 * in the DNS namespace. Neither trimmed nor Unicode-normalised.
 *
 * @throws TypeError if it is no string, empty, or has lone surrogates: as UTF-8 two such names would be one.
 */
export function normalizeAudience(audience: unknown): string {
  if (typeof audience !== 'string') throw new TypeError('audience must be a string')
  if (audience === '') throw new TypeError('audience must not be empty')
  if (/[\ud800-\udfff]/u.test(audience)) throw new TypeError('audience must not contain lone surrogates')
  return formatUuid(parseUuid(audience) ?? uuidV5(hexToBytes(DNS), utf8ToBytes(audience)))
}
