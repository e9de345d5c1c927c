// The error codes that a client may get. This file imports nothing, because the browser's half uses it, too.

/**
 * The codes of the plugin's errors, each with its sentence. Compare `error.code` with them; the client's `$ERROR_CODES` has them,
 * too. An `INVALID_PROOF` has the addon's code as `reason` and its sentence as `message`.
 */
export const LOCAL_FIRST_IDENTITY_ERROR_CODES = {
  /** 400: this sign-up requires a proof, and the request has none. */
  PROOF_REQUIRED: { code: 'PROOF_REQUIRED', message: 'An identity proof is required.' },
  /** 400: the proof is not valid; `reason` has the addon's code. If it is `expired`, mint a new one. */
  INVALID_PROOF: { code: 'INVALID_PROOF', message: 'The identity proof is not valid.' },
  /** 409: the proof was used before, or is in use. Mint a new one, at least a second later. */
  PROOF_ALREADY_USED: { code: 'PROOF_ALREADY_USED', message: 'This identity proof was already used.' },
  /** 409: another account has the identity, or is about to get it. Offer to sign in. */
  IDENTITY_ALREADY_LINKED: { code: 'IDENTITY_ALREADY_LINKED', message: 'This identity already has an account.' },
  /** 409: the account has another identity, and keeps it. */
  USER_HAS_ANOTHER_IDENTITY: { code: 'USER_HAS_ANOTHER_IDENTITY', message: 'This account has another identity.' },
  /** 403: the session began with a link that this browser did not request, so the account may be the sender's. */
  SESSION_FROM_FOREIGN_LINK: {
    code: 'SESSION_FROM_FOREIGN_LINK',
    message: 'This session began with a link that was not requested here. Sign in again, then link.',
  },
  /** 400: the request tried to write an identity instead of proving it, or an admin acts as the user. */
  IDENTITY_READ_ONLY: { code: 'IDENTITY_READ_ONLY', message: 'An identity is proved, not set.' },
} as const

/** One of the plugin's error codes. */
export type LocalFirstIdentityErrorCode = keyof typeof LOCAL_FIRST_IDENTITY_ERROR_CODES
