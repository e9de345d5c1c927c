import { utf8ToBytes } from '@noble/hashes/utils.js'
import { typeError, valueError } from '../../common/errors.mts'

import { hasLoneSurrogate } from '../../common/text.mts'
import { DNS, formatUuid, parseUuid, uuidV5 } from './uuid.mts'

/**
 * What stands in a token's `aud` for the name of an audience: a UUID stands for itself, any other name becomes its UUIDv5
 * in the DNS namespace. Neither trimmed nor Unicode-normalised.
 *
 * @throws TypeError if it is no string, empty, or has lone surrogates: as UTF-8 two such names would be one.
 */
export function normalizeAudience(audience: unknown): string {
  if (typeof audience !== 'string') throw typeError('audience must be a string')
  if (audience === '') throw valueError('audience must not be empty')
  if (hasLoneSurrogate(audience)) throw valueError('audience must not contain lone surrogates')
  return formatUuid(parseUuid(audience) ?? uuidV5(DNS, utf8ToBytes(audience)))
}
