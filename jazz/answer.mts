// The registry's answers. Another server may answer in its place, so that each member is checked.

import { isSame, type Principal, principalFrom } from './principal.mts'
import { AccountRegistryError } from './registry-error.mts'

/** The account of an identity. */
export interface Assignment {
  /** The account's ID: a UUID, lower case, hyphenated, 36 characters. */
  account: string
  /** Whose account it is. */
  identity: Principal
  /** How often the identity's place in the account has changed. */
  generation: number
}

/** The device's consent that an identity may join its account. */
export interface LinkIntent {
  /** A UUID. It is worthless without a token of the identity that it was requested for. */
  nonce: string
  /** The end of its lifetime, in seconds since 1970: 300 seconds after the request. */
  expiresAt: number
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const NIL = '00000000-0000-0000-0000-000000000000'

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Whether a text is a UUID in lower case with hyphens, and not the nil UUID, which is Jazz's own account. */
export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && UUID.test(value) && value !== NIL

function membersOf(status: number, body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // The parser's error quotes the answer.
  }
  throw new AccountRegistryError('invalid_account_response', status)
}

/**
 * Reads the account of an identity from an answer.
 *
 * @throws AccountRegistryError (`invalid_account_response`) if it is not one, or another identity's.
 */
export function readAssignment(status: number, body: string, asked: Principal): Assignment {
  const { account, identity, generation } = membersOf(status, body)
  const { issuer, subject } = Object(identity) as Partial<Record<keyof Principal, unknown>>
  const answered = principalFrom(issuer, subject)
  if (isUuid(account) && answered && isSame(answered, asked) && isCount(generation))
    return { account, identity: answered, generation }
  throw new AccountRegistryError('invalid_account_response', status)
}

/** @throws AccountRegistryError (`invalid_account_response`) if the answer has no nonce with an end. */
export function readIntent(status: number, body: string): LinkIntent {
  const { nonce, expires_at: expiresAt } = membersOf(status, body)
  if (isUuid(nonce) && isCount(expiresAt)) return { nonce, expiresAt }
  throw new AccountRegistryError('invalid_account_response', status)
}
