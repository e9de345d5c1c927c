import { decodeBase64url } from '../common/base64url.mts'
import { typeError, valueError } from '../common/errors.mts'
import { hasLoneSurrogate } from '../common/text.mts'
import { AccountRegistryError } from './registry-error.mts'

/** An identity as Jazz has it, from 2.0.0-alpha.54 on. Both parts are compared byte for byte; nothing is normalised. */
export interface Principal {
  /** The `iss` of its tokens. */
  issuer: string
  /** The `sub` of its tokens. */
  subject: string
}

const BLANK = /^[\t-\r ]*$/

const isUsable = (part: unknown): part is string =>
  typeof part === 'string' && !BLANK.test(part) && !hasLoneSurrogate(part)

export const isSame = (one: Principal, other: Principal): boolean =>
  one.issuer === other.issuer && one.subject === other.subject

/** Returns the principal of a value from outside; `undefined` if it has not both parts. */
export function principalFrom(issuer: unknown, subject: unknown): Principal | undefined {
  return isUsable(issuer) && isUsable(subject) ? { issuer, subject } : undefined
}

/** @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the part of a caller's `identity`. */
export function checkPrincipal(identity: Principal): Principal {
  for (const part of ['issuer', 'subject'] as const) {
    const value: unknown = identity?.[part]
    if (typeof value !== 'string') throw typeError(`identity.${part} must be a string`)
    if (!isUsable(value)) throw valueError(`identity.${part} must have a character that is not white space`)
  }
  return { issuer: identity.issuer, subject: identity.subject }
}

/**
 * Reads whose a JWT says that it is. The token is unauthenticated here: only the registry verifies it.
 *
 * @throws AccountRegistryError (`invalid_identity_token`) if it is not a JWT with `iss` and `sub`.
 */
export function principalOf(token: string): Principal {
  try {
    const bytes = decodeBase64url(/^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1] ?? '')
    const { iss, sub } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const principal = principalFrom(iss, sub)
    if (principal) return principal
  } catch {
    // Neither the token nor the parser's error, which may quote it, belongs in an error.
  }
  throw new AccountRegistryError('invalid_identity_token')
}
