// Whether an admin acts as somebody else in a request.

import type { BetterAuthPlugin, GenericEndpointContext, HookEndpointContext } from '@better-auth/core'
import { getSessionFromCtx } from 'better-auth/api'

type Ctx = GenericEndpointContext

/** The headers with the cookie that the `bearer` plugin makes of a token; it shows them to the endpoint, not to hooks. */
async function headersOf(ctx: Ctx): Promise<Headers | undefined> {
  const bearer = ctx.context.getPlugin('bearer') as BetterAuthPlugin | null
  for (const { matcher, handler } of bearer?.hooks?.before ?? []) {
    if (!matcher(ctx as HookEndpointContext)) continue
    const answer: unknown = await handler({ ...ctx, returnHeaders: true } as Parameters<typeof handler>[0])
    const { response } = answer as { response?: { context?: { headers?: Headers } } }
    if (response?.context?.headers) return response.context.headers
  }
  return ctx.headers
}

/** Whether an admin acts as somebody else in this request: what the admin's device proves is not that person's. */
export async function isImpersonated(ctx: Ctx): Promise<boolean> {
  if (!ctx.headers) return false
  const { context } = ctx
  const before = context.session
  const asked = { ...ctx, headers: await headersOf(ctx) } as Ctx
  const found = await getSessionFromCtx(asked, { disableRefresh: true, disableCookieCache: true })
  // To look must leave no trace: the endpoint and other hooks ask for the session themselves.
  context.session = before
  return Boolean((found?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy)
}
