import type { BetterAuthPlugin, GenericEndpointContext, HookEndpointContext } from '@better-auth/core'
import { getSessionFromCtx } from 'better-auth/api'

type Ctx = GenericEndpointContext

/**
 * Reads the session of a request from the database, by its cookie. A cached session may have been revoked.
 *
 * @param headers - Default: the request's.
 */
export async function sessionOf(ctx: Ctx, headers: Headers | undefined = ctx.headers) {
  const { context } = ctx
  const before = context.session
  // Another hook may have loaded a cached session, which Better Auth would return again.
  context.session = null
  try {
    const asked = { ...ctx, headers } as Ctx
    return await getSessionFromCtx(asked, { disableRefresh: true, disableCookieCache: true })
  } finally {
    // The endpoint and other hooks look up the session themselves. They must find the same as without this call.
    context.session = before
  }
}

/** Returns the headers of a request, with the cookie that the `bearer` plugin makes from a token. Hooks do not see that cookie. */
export async function headersOf(ctx: Ctx): Promise<Headers | undefined> {
  const bearer = ctx.context.getPlugin('bearer') as BetterAuthPlugin | null
  for (const { matcher, handler } of bearer?.hooks?.before ?? []) {
    if (!matcher(ctx as HookEndpointContext)) continue
    const answer: unknown = await handler({ ...ctx, returnHeaders: true } as Parameters<typeof handler>[0])
    const { response } = answer as { response?: { context?: { headers?: Headers } } }
    if (response?.context?.headers) return response.context.headers
  }
  return ctx.headers
}

/** The session's column. It marks a session that began with a link that this browser had not requested. */
export const FOREIGN = 'beganByForeignLink'

export const isForeign = (session: object): boolean => Boolean((session as Record<string, unknown>)[FOREIGN])

/** Whether an admin acts as the user of a session. */
export const isImpersonatedIn = (found: Awaited<ReturnType<typeof sessionOf>>): boolean =>
  Boolean((found?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy)
