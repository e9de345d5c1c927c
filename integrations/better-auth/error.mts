import { APIError } from 'better-auth/api'

import { LOCAL_FIRST_IDENTITY_ERROR_CODES, type LocalFirstIdentityErrorCode } from './error-codes.mts'

const STATUSES: Partial<Record<LocalFirstIdentityErrorCode, 'CONFLICT' | 'FORBIDDEN'>> = {
  PROOF_ALREADY_USED: 'CONFLICT',
  IDENTITY_ALREADY_LINKED: 'CONFLICT',
  USER_HAS_ANOTHER_IDENTITY: 'CONFLICT',
  SESSION_FROM_FOREIGN_LINK: 'FORBIDDEN',
}

/** Makes the response for a code: 409 for a conflict, 403 for a session that may not link, 400 for the others. */
export const refusal = (code: LocalFirstIdentityErrorCode, details: Record<string, string> = {}): APIError =>
  new APIError(STATUSES[code] ?? 'BAD_REQUEST', {
    ...LOCAL_FIRST_IDENTITY_ERROR_CODES[code],
    ...details,
  })
