import type { GenericEndpointContext } from '@better-auth/core'
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
  const asked = { ...ctx, headers } as Ctx
  const found = await getSessionFromCtx(asked, { disableRefresh: true, disableCookieCache: true })
  // To look must leave no trace: the endpoint and other hooks ask for the session themselves.
  context.session = before
  return found
}

/** Whether an admin acts as the user of a session. */
export const isImpersonatedIn = (found: Awaited<ReturnType<typeof sessionOf>>): boolean =>
  Boolean((found?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy)
