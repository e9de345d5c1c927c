import { uuidOf } from '../../common/audience.mts'
import { typeError, valueError } from '../../common/errors.mts'
import { founderAccount } from '../../common/founder-account.mts'
import { formatUuid, parseUuid } from '../../common/uuid.mts'

/** Whether a text is a UUID in the normal form. */
const isNormal = (text: string): boolean => {
  const bytes = parseUuid(text)
  return bytes !== undefined && formatUuid(bytes) === text
}

/**
 * Derives the account that Jazz founds for an identity in an app, from 2.0.0-alpha.54 on. The account of a provider that is
 * linked to the identity is the same.
 *
 * @param appId - The app's ID in Jazz: at least one character, with no lone surrogates.
 * @param userId - The identity: a UUID, lower case, hyphenated, 36 characters.
 * @returns A UUID, lower case, hyphenated, 36 characters.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the argument.
 * @see RFC 9562 §5.5
 * @example
 * const accountId = jazzAccountId('my-app', deriveUserId(secret))
 */
export function jazzAccountId(appId: string, userId: string): string {
  const app = uuidOf('appId', appId)
  if (typeof userId !== 'string') throw typeError('userId must be a string')
  if (!isNormal(userId)) throw valueError('userId must be a UUID in lower case, with hyphens')
  return founderAccount(app, userId)
}
