// The routes of Better Auth that take a proof, and how the proof gets from there to where the user is created. This file
// imports nothing, because the browser's half uses it, too.

/** The plugin's own endpoint, which gives an existing account its identity. */
export const LINK_PATH = '/local-first-identity/link'

/**
 * How a proof travels:
 *
 * - `sign-up`: the request creates a user or fails;
 * - `sign-in`: the request signs in a person who has an account, and creates a user for others;
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

/** Returns how the proof of this request travels; `undefined` if the route takes no proof. */
export function carrierOf(path: string, body: unknown): Carrier | undefined {
  if (!Object.hasOwn(CARRIERS, path)) return undefined
  // With the provider's ID token there is no redirect: the user is created at once.
  const hasIdToken = path === '/sign-in/social' && (body as { idToken?: unknown } | undefined)?.idToken
  return hasIdToken ? 'sign-in' : CARRIERS[path]
}

/** Whether the plugin handles a request: it may create a user, or it resets a password by mail. */
export const concerns = ({ path = '', body }: { path?: string; body?: unknown }): boolean =>
  carrierOf(path, body) !== undefined || RETURN_PATHS.has(path) || PASSWORD_RESET_PATHS.has(path)

/** The path of a magic link. */
export const MAIL_PATH = '/magic-link/verify'

/** The path of the link in a verification mail. It creates no user, but may begin a session. */
export const VERIFICATION_PATH = '/verify-email'

/** The path that a provider sends a browser back to, except with SSO. */
export const CALLBACK_PATH = '/callback/:id'

/** The paths that the OAuth proxy sends a browser on to. No cookie binds the state there: only the ticket shows whose journey it is. */
export const PROXY_PATHS: ReadonlySet<string> = new Set(['/callback/:id/oauth-proxy', '/oauth-proxy-callback'])

/** The paths that a provider sends a browser back to. Better Auth binds the state there to a cookie of the browser. */
export const CALLBACK_PATHS: ReadonlySet<string> = new Set([
  CALLBACK_PATH,
  '/sso/callback/:providerId',
  '/sso/callback',
])

/** The paths that a browser comes back to, with an identity that was proven before it left. */
export const RETURN_PATHS: ReadonlySet<string> = new Set([...CALLBACK_PATHS, ...PROXY_PATHS, MAIL_PATH])

/**
 * The paths where the owner of a mailbox takes over an account whose address was not verified. Better Auth removes the
 * password, accounts and sessions that it had before. So the plugin removes the identity, too.
 */
export const MAILBOX_PATHS: ReadonlySet<string> = new Set([MAIL_PATH, '/sign-in/email-otp'])

/** The paths where the owner of a mailbox does so by a new password. Better Auth keeps the earlier sessions. */
export const PASSWORD_RESET_PATHS: ReadonlySet<string> = new Set(['/reset-password', '/email-otp/reset-password'])
