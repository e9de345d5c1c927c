import { CodedError } from '../common/coded-error.mts'

/**
 * Why the account registry did not do what it was asked:
 * - `use_local_first_founding`: a device's token was sent where only a provider's token is accepted
 * - `local_first_proof_required`: a provider's token was sent to found an account
 * - `invalid_external_identity`: the identity to link is a device's, Jazz's own, or blank
 * - `invalid_link_intent`: the nonce is unknown, older than 300 seconds, or made for another identity
 * - `invalid_account_credential`: the registry refused the token: it expired, or the server is set up for another provider
 * - `identity_not_authorized`: the identity was revoked
 * - `identity_not_assigned`: the identity has no account
 * - `identity_already_assigned`: the identity has an account, perhaps this very one: `login` returns it
 * - `invalid_identity_token`: the token is not a JWT with `iss` and `sub`. Nothing was sent
 * - `founding_account_mismatch`: the registry returned another account than the device's own
 * - `invalid_account_response`: the registry answered, but not as the protocol says
 * - `account_request_timeout`: there was no answer in time. The request may have been carried out
 * - `account_registry_unavailable`: the registry was not reached, or is out of service. The request may have been carried out
 * - `account_request_failed`: any other answer; `status` has its HTTP status. Often the URL or the app's ID is wrong
 */
export type AccountRegistryErrorCode =
  | 'use_local_first_founding'
  | 'local_first_proof_required'
  | 'invalid_external_identity'
  | 'invalid_link_intent'
  | 'invalid_account_credential'
  | 'identity_not_authorized'
  | 'identity_not_assigned'
  | 'identity_already_assigned'
  | 'invalid_identity_token'
  | 'founding_account_mismatch'
  | 'invalid_account_response'
  | 'account_request_timeout'
  | 'account_registry_unavailable'
  | 'account_request_failed'

const MESSAGES: Readonly<Record<AccountRegistryErrorCode, string>> = {
  use_local_first_founding: 'A device’s token cannot register an account. It founds one.',
  local_first_proof_required: 'Only a device’s token can found an account.',
  invalid_external_identity: 'Only an identity of a provider can be linked.',
  invalid_link_intent: 'The nonce is unknown, expired, or made for another identity.',
  invalid_account_credential: 'The account registry refused the token.',
  identity_not_authorized: 'The identity was revoked.',
  identity_not_assigned: 'The identity has no account.',
  identity_already_assigned: 'The identity has an account already.',
  invalid_identity_token: 'The token is not a JWT with `iss` and `sub`.',
  founding_account_mismatch: 'The account registry returned another account than the device’s own.',
  invalid_account_response: 'The account registry sent an answer that the protocol does not have.',
  account_request_timeout: 'The account registry did not answer in time.',
  account_registry_unavailable: 'The account registry cannot be reached.',
  account_request_failed:
    'The account registry did not accept the request. Check the URL of the server and the app’s ID.',
}

/**
 * Thrown when the account registry does not do what it was asked. Never has a token.
 *
 * @example
 * if (error instanceof AccountRegistryError && error.code === 'identity_not_assigned') await link()
 */
export class AccountRegistryError extends CodedError<AccountRegistryErrorCode> {
  override readonly name = 'AccountRegistryError'
  /** The HTTP status of the answer; `undefined` if there was none. */
  readonly status: number | undefined

  /**
   * @param code - What went wrong.
   * @param status - The HTTP status of the answer. Default: there was none.
   * @param options - `cause`: the error behind this one.
   */
  constructor(code: AccountRegistryErrorCode, status?: number, options?: ErrorOptions) {
    super(code, MESSAGES[code], options)
    this.status = status
  }
}

/** The codes that the registry sends, each with the one status that it counts with. */
const STATUS_OF: Readonly<Partial<Record<string, number>>> = {
  use_local_first_founding: 400,
  local_first_proof_required: 400,
  invalid_external_identity: 400,
  invalid_link_intent: 400,
  identity_not_authorized: 403,
  identity_not_assigned: 404,
  identity_already_assigned: 409,
}

/**
 * Makes the error for an answer that is not a success.
 *
 * A code counts only with its own status. A wrong path or app ID answers 404 as well: were that taken for "not assigned", an
 * app would register a second account for everyone.
 */
export function answerError(status: number, body: string): AccountRegistryError {
  if (STATUS_OF[body] === status) return new AccountRegistryError(body as AccountRegistryErrorCode, status)
  if (status === 401) return new AccountRegistryError('invalid_account_credential', status)
  if (status >= 502 && status <= 504) return new AccountRegistryError('account_registry_unavailable', status)
  return new AccountRegistryError('account_request_failed', status)
}
