import { tryGetCurrentAuthEndpointContext } from '@better-auth/core/context'

import { findUser } from './users.mts'

/**
 * The `sub` of a user's JWTs: their identity, or Better Auth's user ID where they have none. For the `jwt` plugin:
 * `jwt({ jwt: { getSubject: localFirstSubject } })`.
 *
 * A session that a cookie caches may be older than its user's identity, so that a user without one is looked up.
 *
 * @param session - What the `jwt` plugin has: the session's user.
 * @returns The identity (a UUID, lower case, hyphenated), else the user ID.
 * @see RFC 7519 §4.1.2
 */
// biome-ignore lint/suspicious/noExplicitAny: it is how the `jwt` plugin types the user.
export async function localFirstSubject({ user }: { user: { id: string } & Record<string, any> }): Promise<string> {
  if (typeof user.jazzId === 'string') return user.jazzId
  const context = tryGetCurrentAuthEndpointContext()?.context
  const stored = context && (await findUser(context, user.id))
  return stored?.jazzId ?? user.id
}
