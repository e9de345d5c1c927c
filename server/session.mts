// The session of a request.

/**
 * Who signed the token of a session:
 * - `local-first`: a guest's device, with a secret that it keeps
 * - `anonymous`: a device, with a throw-away secret
 * - `external`: the provider of an account
 */
export type AuthMode = 'local-first' | 'external' | 'anonymous'

/** The session of a request. Requests with the same token share it, and it is frozen. */
export interface Session {
  /** The token's `sub`, unchanged. For a guest this is the identity, a UUID. */
  readonly userId: string
  readonly authMode: AuthMode
  /** All claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** Says whether an identity has an account, since its owner signed up. */
export type IsUpgraded = (userId: string) => boolean | Promise<boolean>

const sessions = new WeakSet<Session>()

/** Marks a session as found here. */
export const markSession = (session: Session): void => void sessions.add(session)

/** Whether a session was found here, and is not an object that other code has put in its place. */
export const isSession = (value: object): value is Session => sessions.has(value as Session)
