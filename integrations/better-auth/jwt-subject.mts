import { tryGetCurrentAuthEndpointContext } from '@better-auth/core/context'

import { findUser } from './users.mts'

/**
 * Returns the `sub` of a user's JWTs: their identity, or Better Auth's user ID if they have none. For the `jwt` plugin.
 *
 * A session in a cookie may be older than its user's identity. So a user without an identity is looked up in the database.
 *
 * @param session - What the `jwt` plugin passes: an object with the session's user.
 * @returns The identity (a UUID, lower case, hyphenated), else the user ID.
 * @see RFC 7519 §4.1.2
 * @example
 * const auth = betterAuth({
 *   plugins: [localFirstIdentity({ audience: 'my-app-signup' }), jwt({ jwt: { getSubject: localFirstSubject } })],
 * })
 */
// biome-ignore lint/suspicious/noExplicitAny: it is how the `jwt` plugin types the user.
export async function localFirstSubject({ user }: { user: { id: string } & Record<string, any> }): Promise<string> {
  if (typeof user.jazzId === 'string') return user.jazzId
  const context = tryGetCurrentAuthEndpointContext()?.context
  const stored = context && (await findUser(context, user.id))
  return stored?.jazzId ?? user.id
}
