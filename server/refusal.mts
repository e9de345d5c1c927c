// What a request is told that is not let in: a status, a challenge and a body, in the forms of RFC 6750 and RFC 9457.

import { STATUS_CODES } from 'node:http'

import type { ProofErrorCode } from 'local-first-identity'

/** Every `code` of a refusal: those of the addon, and what HTTP adds. A published code never changes its meaning. */
export type RefusalCode =
  | ProofErrorCode
  | 'already-used'
  | 'body-too-large'
  | 'not-yet-valid'
  | 'unknown-key'
  | 'account-required'
  | 'auth-mode-not-accepted'
  | 'sign-in-required'

/** Why a request is not let in. It has nothing of the request in it. */
export interface Refusal {
  ok: false
  code: RefusalCode
  /** One fixed English sentence, safe to send. */
  error: string
}

/** Whether something is a refusal, and no promise of one. */
export const isRefusal = (value: object): value is Refusal => Object.hasOwn(value, 'ok') && 'code' in value

export const refuse = (code: RefusalCode, error: string): Refusal => ({ ok: false, code, error })

/** The answer to a request that is not let in. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** RFC 6750 §3.1 and RFC 9470 §3: the status, and the challenge's `error`; none where nothing was sent. */
const KINDS = {
  nothing: { status: 401, error: undefined },
  request: { status: 400, error: 'invalid_request' },
  token: { status: 401, error: 'invalid_token' },
  scope: { status: 403, error: 'insufficient_scope' },
  stepUp: { status: 401, error: 'insufficient_user_authentication' },
  size: { status: 413, error: undefined },
} as const

/** What kind of refusal a code is, where it is not a token that does not hold. */
const OTHERS: Partial<Record<RefusalCode, keyof typeof KINDS>> = {
  missing: 'nothing',
  malformed: 'request',
  'too-long': 'request',
  'body-too-large': 'size',
  'account-required': 'scope',
  'auth-mode-not-accepted': 'scope',
  'sign-in-required': 'stepUp',
}

/** Of two media types that a client accepts alike, it gets plain JSON: problem details are for who asks for them. */
const wantsProblem = (accept: string | null | undefined): boolean =>
  (accept ?? '').split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === 'application/problem+json' && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })

/**
 * The answer to a refusal: `{ error, code }` as JSON, or problem details (RFC 9457) where the client asks for
 * `application/problem+json`; the challenge in `WWW-Authenticate` (RFC 6750 §3).
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
