import type { BetterAuthPlugin, GenericEndpointContext, HookEndpointContext } from '@better-auth/core'
import { getSessionFromCtx } from 'better-auth/api'

type Ctx = GenericEndpointContext

/**
 * The session of a request as the database has it, by its cookie: a cached one may have been revoked.
 *
 * @param headers - Default: the request's.
 */
export async function sessionOf(ctx: Ctx, headers: Headers | undefined = ctx.headers) {
  const { context } = ctx
  const before = context.session
  // Another hook may have found a cached one, which Better Auth would give again.
  context.session = null
  try {
    const asked = { ...ctx, headers } as Ctx
    return await getSessionFromCtx(asked, { disableRefresh: true, disableCookieCache: true })
  } finally {
    // The endpoint and other hooks look the session up themselves, and must find what they would without this.
    context.session = before
  }
}

/** The headers of a request, with the cookie that the `bearer` plugin makes of a token: hooks do not see it. */
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

/** The session's column for one that began with a link that this browser had not requested. */
export const FOREIGN = 'beganByForeignLink'

export const isForeign = (session: object): boolean => Boolean((session as Record<string, unknown>)[FOREIGN])

/** Whether an admin acts as the user of a session. */
export const isImpersonatedIn = (found: Awaited<ReturnType<typeof sessionOf>>): boolean =>
  Boolean((found?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy)
