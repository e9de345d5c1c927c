// The response to a refused request: a status, a challenge and a body (RFC 6750, RFC 9457).

import { STATUS_CODES } from 'node:http'

import type { ProofErrorCode } from 'local-first-identity'

/**
 * The `code` of a refusal: one of the addon's, or one of these. A published code keeps its meaning.
 * - `already-used`: the proof was used before; mint a new one, at least a second later
 * - `body-too-large`: Hono: a body over 1 MiB, in which no proof is looked for; elsewhere your body parser answers
 * - `not-yet-valid`: the JWT's `nbf` is in the future
 * - `unknown-key`: the provider's key set does not have the key of this JWT
 * - `account-required`: the session is a guest's, and the route needs an account
 * - `auth-mode-not-accepted`: the route does not accept this kind of session
 * - `sign-in-required`: the guest's identity has an account, so its owner must sign in
 */
export type RefusalCode =
  | ProofErrorCode
  | 'already-used'
  | 'body-too-large'
  | 'not-yet-valid'
  | 'unknown-key'
  | 'account-required'
  | 'auth-mode-not-accepted'
  | 'sign-in-required'

/** Why a request is refused. It repeats nothing from the request. */
export interface Refusal {
  ok: false
  code: RefusalCode
  /** One fixed English sentence, safe to send. */
  error: string
}

/** Whether a value is a refusal, not a promise of one. */
export const isRefusal = (value: object): value is Refusal => Object.hasOwn(value, 'ok') && 'code' in value

export const refuse = (code: RefusalCode, error: string): Refusal => ({ ok: false, code, error })

/** The response to a refused request. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** The status and the challenge's `error` (RFC 6750 §3.1, RFC 9470 §3). Without a token there is no `error`. */
const KINDS = {
  nothing: { status: 401, error: undefined },
  request: { status: 400, error: 'invalid_request' },
  token: { status: 401, error: 'invalid_token' },
  scope: { status: 403, error: 'insufficient_scope' },
  stepUp: { status: 401, error: 'insufficient_user_authentication' },
  size: { status: 413, error: undefined },
} as const

/** The kind of each code. A code that is not listed is an invalid token. */
const OTHERS: Partial<Record<RefusalCode, keyof typeof KINDS>> = {
  missing: 'nothing',
  malformed: 'request',
  'too-long': 'request',
  'body-too-large': 'size',
  'account-required': 'scope',
  'auth-mode-not-accepted': 'scope',
  'sign-in-required': 'stepUp',
}

/** Whether the client asks for problem details. A client that accepts both types equally gets plain JSON. */
const wantsProblem = (accept: string | null | undefined): boolean =>
  (accept ?? '').split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === 'application/problem+json' && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })

/**
 * Makes the response to a refusal. The body is `{ error, code }`, or problem details (RFC 9457) if the client asks for
 * `application/problem+json`. The challenge is in `WWW-Authenticate` (RFC 6750 §3).
 *
 * @param accept - The request's `Accept` header.
 */
export function answerTo({ code, error }: Refusal, accept: string | null | undefined): Answer {
  const { status, error: kind } = KINDS[OTHERS[code] ?? 'token']
  const problem = wantsProblem(accept)
  const body = problem
    ? { type: 'about:blank', title: STATUS_CODES[status], status, detail: error, code }
    : { error, code }
  const headers: Record<string, string> = {
    'content-type': `application/${problem ? 'problem+json' : 'json'}; charset=utf-8`,
  }
  if (status !== 413)
    headers['www-authenticate'] = kind ? `Bearer error="${kind}", error_description="${error}"` : 'Bearer'
  return { status, headers, body: JSON.stringify(body) }
}
