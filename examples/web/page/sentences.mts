// The sentences that a person reads when something did not work.

export const OFFLINE = 'You are offline. Try again when you are online.'
const FAULT = 'The server has a fault. Try again later.'

/** A refusal in a response of Better Auth. Any member may be missing. */
export interface Refusal {
  code?: string | undefined
  message?: string | undefined
  status?: number | undefined
  /** With `INVALID_PROOF`: the rule that the proof breaks. */
  reason?: string | undefined
}

const EXISTS = 'This e-mail address already has an account. Sign in instead.'
const OTHER_PASSWORD = 'This e-mail address already has an account with a password. Sign in with that.'
const TOOK_TOO_LONG = 'Signing in took too long, or was begun in another browser. Try again.'
const NOT_PROVIDED = 'The provider did not sign you in. Try again.'

/** By the codes of Better Auth, its redirects and the plugin. Only codes that can occur on this page are here. */
const SENTENCES: Readonly<Record<string, string>> = {
  USER_ALREADY_EXISTS: EXISTS,
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: EXISTS,
  INVALID_EMAIL_OR_PASSWORD: 'The e-mail address or the password is wrong.',
  INVALID_EMAIL: 'This is not an e-mail address.',
  PASSWORD_TOO_SHORT: 'The password is too short. It needs 8 characters or more.',
  PASSWORD_TOO_LONG: 'The password is too long. It can have 128 characters.',
  PROOF_REQUIRED: 'The server requires a proof of your identity, and none was sent.',
  PROOF_ALREADY_USED: 'The proof of your identity was already used. Try again in a second.',
  IDENTITY_ALREADY_LINKED: 'This device’s identity already has an account. Sign in to that one.',
  ACCOUNT_NOT_LINKED: OTHER_PASSWORD,
  UNABLE_TO_LINK_ACCOUNT: OTHER_PASSWORD,
  STATE_MISMATCH: TOOK_TOO_LONG,
  STATE_NOT_FOUND: TOOK_TOO_LONG,
  STATE_INVALID: TOOK_TOO_LONG,
  ACCESS_DENIED: NOT_PROVIDED,
  NO_CODE: NOT_PROVIDED,
  INVALID_CODE: NOT_PROVIDED,
  UNABLE_TO_GET_USER_INFO: NOT_PROVIDED,
  EMAIL_NOT_FOUND: 'The provider gave no e-mail address.',
  UNABLE_TO_CREATE_USER: 'The account could not be made. Try again.',
}

/** The field of the account's form that a refusal is about. */
const FIELDS: Readonly<Record<string, 'email' | 'password'>> = {
  USER_ALREADY_EXISTS: 'email',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'email',
  INVALID_EMAIL: 'email',
  INVALID_EMAIL_OR_PASSWORD: 'password',
  PASSWORD_TOO_SHORT: 'password',
  PASSWORD_TOO_LONG: 'password',
}

/** Returns the field that the person has to change; `undefined` if none would help. */
export const fieldOf = ({ code }: Refusal): 'email' | 'password' | undefined => FIELDS[(code ?? '').toUpperCase()]

/** Returns a refusal as a sentence. An unknown code is shown as it is. */
export function sentenceOf({ code, message, status, reason }: Refusal): string {
  if (code === 'INVALID_PROOF') {
    const rule = reason ? ` (${reason})` : ''
    return `The server refused the proof of your identity: ${message ?? 'it is not valid.'}${rule}`
  }
  const sentence = SENTENCES[(code ?? '').toUpperCase()]
  if (sentence) return sentence
  if (status === 429) return 'Too many tries. Wait a moment, then try again.'
  if (status === undefined || status >= 500) return code ? `That did not work (${code}). Try again.` : FAULT
  return `The server refused this: ${message ?? code ?? `status ${status}`}.`.replace(/\.\.$/, '.')
}

/** Returns an error that was thrown instead of a response, as a sentence. */
export function sentenceOfFailure(error: unknown): string {
  if (!navigator.onLine) return OFFLINE
  // `fetch` throws a `TypeError` when no response comes.
  if (error instanceof TypeError) return 'The server does not answer. Try again later.'
  return error instanceof Error && error.message ? error.message : FAULT
}
