import { APIError } from 'better-auth/api'

import { LOCAL_FIRST_IDENTITY_ERROR_CODES, type LocalFirstIdentityErrorCode } from './error-codes.mts'

const CONFLICTS: ReadonlySet<LocalFirstIdentityErrorCode> = new Set([
  'PROOF_ALREADY_USED',
  'IDENTITY_ALREADY_LINKED',
  'USER_HAS_ANOTHER_IDENTITY',
])

/** The answer for a code: 409 for a conflict, else 400. */
export const refusal = (code: LocalFirstIdentityErrorCode, details: Record<string, string> = {}): APIError =>
  new APIError(CONFLICTS.has(code) ? 'CONFLICT' : 'BAD_REQUEST', {
    ...LOCAL_FIRST_IDENTITY_ERROR_CODES[code],
    ...details,
  })
