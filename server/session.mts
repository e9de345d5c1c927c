// Whose request it is.

/**
 * Who vouches for a session: `'local-first'` is a device with a secret that it keeps, `'anonymous'` one with a throw-away
 * secret, `'external'` the provider of an account.
 */
export type AuthMode = 'local-first' | 'external' | 'anonymous'

/** Whose request it is. The same for every request with the same token, and frozen. */
export interface Session {
  /** The token's `sub`, verbatim: for a local-first session the identity, a UUID. */
  readonly userId: string
  readonly authMode: AuthMode
  /** All claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** Tells whether an identity has an account: what it was linked to when its owner signed up. */
export type IsUpgraded = (userId: string) => boolean | Promise<boolean>

const sessions = new WeakSet<Session>()

/** Notes that a session was found out here. */
export const markSession = (session: Session): void => void sessions.add(session)

/** Whether a session was found out here, and is no object that something else has put in its place. */
export const isSession = (value: object): value is Session => sessions.has(value as Session)
