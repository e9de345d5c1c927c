// Which of Better Auth's routes take a proof, and how it gets from there to where the user is created. Nothing is
// imported here: the browser's half uses it, too.

/** The plugin's own endpoint, which gives an existing account its identity. */
export const LINK_PATH = '/local-first-identity/link'

/**
 * How a proof travels:
 *
 * - `sign-up`: the request creates a user or fails;
 * - `sign-in`: the request creates a user where there is none, and signs in who has an account;
 * - `redirect`: the user is created when the provider sends the browser back; the proven identity is in the browser's ticket;
 * - `mail`: the user is created when the link in the mail is opened; the proven identity is in the browser's ticket.
 */
export type Carrier = 'sign-up' | 'sign-in' | 'redirect' | 'mail'

const CARRIERS: Readonly<Record<string, Carrier>> = {
  '/sign-up/email': 'sign-up',
  '/sign-in/anonymous': 'sign-up',
  '/sign-in/social': 'redirect',
  '/sign-in/sso': 'redirect',
  '/sign-in/email-otp': 'sign-in',
  '/phone-number/verify': 'sign-in',
  '/one-tap/callback': 'sign-in',
  '/siwe/verify': 'sign-in',
  '/passkey/verify-registration': 'sign-in',
  '/sign-in/magic-link': 'mail',
}

/** Whether a request for this path may carry a proof. */
export const takesProof = (path: string): boolean => path === LINK_PATH || Object.hasOwn(CARRIERS, path)

/** How the proof of this request travels; `undefined` where none is taken. */
export function carrierOf(path: string, body: unknown): Carrier | undefined {
  if (!Object.hasOwn(CARRIERS, path)) return undefined
  // With the provider's ID token there is no redirect: the user is created at once.
  const hasIdToken = path === '/sign-in/social' && (body as { idToken?: unknown } | undefined)?.idToken
  return hasIdToken ? 'sign-in' : CARRIERS[path]
}

/** Whether the plugin looks at a request: at what may create a user, and at what sets a password by way of the mailbox. */
export const concerns = ({ path = '', body }: { path?: string; body?: unknown }): boolean =>
  carrierOf(path, body) !== undefined || RETURN_PATHS.has(path) || PASSWORD_RESET_PATHS.has(path)

/** Where the link of a mail leads. */
export const MAIL_PATH = '/magic-link/verify'

/** Where the link of a verification mail leads. It creates no user, but may begin a session. */
export const VERIFICATION_PATH = '/verify-email'

/** Where a provider sends a browser back to, except with SSO. */
export const CALLBACK_PATH = '/callback/:id'

/** Where the OAuth proxy sends it on to. The state there is bound to no cookie, so only the ticket tells whose journey it is. */
export const PROXY_PATHS: ReadonlySet<string> = new Set(['/callback/:id/oauth-proxy', '/oauth-proxy-callback'])

/** Where a provider sends a browser back to. Better Auth binds the state there to a cookie of the browser. */
export const CALLBACK_PATHS: ReadonlySet<string> = new Set([
  CALLBACK_PATH,
  '/sso/callback/:providerId',
  '/sso/callback',
])

/** Where a browser comes back to, with an identity that was proven before it left. */
export const RETURN_PATHS: ReadonlySet<string> = new Set([...CALLBACK_PATHS, ...PROXY_PATHS, MAIL_PATH])

/**
 * Where whoever has the mailbox takes over an account whose address nobody had proven: Better Auth drops the password,
 * accounts and sessions that it had before, so the identity goes, too.
 */
export const MAILBOX_PATHS: ReadonlySet<string> = new Set([MAIL_PATH, '/sign-in/email-otp'])

/** The same by a new password. Better Auth leaves the sessions that there were. */
export const PASSWORD_RESET_PATHS: ReadonlySet<string> = new Set(['/reset-password', '/email-otp/reset-password'])
