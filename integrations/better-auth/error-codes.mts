// What a client may be told. Nothing is imported here: the browser's half uses it, too.

/**
 * The codes of the plugin's errors, each with its sentence: for the client's `$ERROR_CODES`, and to compare `error.code`
 * with. An `INVALID_PROOF` carries the addon's own code as `reason` and its sentence as `message`.
 */
export const LOCAL_FIRST_IDENTITY_ERROR_CODES = {
  /** 400: this sign-up needs a proof, and none was sent. */
  PROOF_REQUIRED: { code: 'PROOF_REQUIRED', message: 'An identity proof is required.' },
  /** 400: the proof does not hold; `reason` says why. */
  INVALID_PROOF: { code: 'INVALID_PROOF', message: 'The identity proof does not hold.' },
  /** 409: the proof was used before, or is being used. A new one, minted a second later, will do. */
  PROOF_ALREADY_USED: { code: 'PROOF_ALREADY_USED', message: 'This identity proof was used already.' },
  /** 409: another account has the identity, or is being given it. */
  IDENTITY_ALREADY_LINKED: { code: 'IDENTITY_ALREADY_LINKED', message: 'This identity has an account already.' },
  /** 409: the account has an identity, and keeps it. */
  USER_HAS_ANOTHER_IDENTITY: { code: 'USER_HAS_ANOTHER_IDENTITY', message: 'This account has another identity.' },
  /** 403: the session began with a link that this browser had not asked for, and the account may be the sender's. */
  SESSION_FROM_FOREIGN_LINK: {
    code: 'SESSION_FROM_FOREIGN_LINK',
    message: 'This session began with a link that was not requested here. Sign in again, then link.',
  },
  /** 400: somebody tried to write an identity instead of proving it, or an admin acts as the user. */
  IDENTITY_READ_ONLY: { code: 'IDENTITY_READ_ONLY', message: 'An identity is proved, not set.' },
} as const

/** One of the plugin's error codes. */
export type LocalFirstIdentityErrorCode = keyof typeof LOCAL_FIRST_IDENTITY_ERROR_CODES
