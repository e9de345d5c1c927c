import { utf8ToBytes } from '@noble/hashes/utils.js'
import { typeError, valueError } from '../../common/errors.mts'

import { hasLoneSurrogate } from '../../common/text.mts'
import { DNS, formatUuid, parseUuid, uuidV5 } from './uuid.mts'

/**
 * Normalises an audience to the UUID in a token's `aud`. A UUID is itself. Any other name becomes its UUIDv5 in the DNS
 * namespace. The name is not trimmed and not Unicode-normalised.
 *
 * @throws TypeError if it is not a string, is empty, or has lone surrogates: as UTF-8, two such names would be the same.
 */
export function normalizeAudience(audience: unknown): string {
  if (typeof audience !== 'string') throw typeError('audience must be a string')
  if (audience === '') throw valueError('audience must not be empty')
  if (hasLoneSurrogate(audience)) throw valueError('audience must not contain lone surrogates')
  return formatUuid(parseUuid(audience) ?? uuidV5(DNS, utf8ToBytes(audience)))
}
