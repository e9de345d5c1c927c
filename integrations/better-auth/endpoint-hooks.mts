// The hooks around Better Auth's endpoints, as two plugins of their own: each has its place among the app's plugins.

import type { AuthContext, BetterAuthPlugin } from '@better-auth/core'
import { createAuthMiddleware } from 'better-auth/api'

import { afterEndpoint } from './after-endpoint.mts'
import { completeAppReturn, isAppReturn } from './app-return.mts'
import { beforeEndpoint } from './before-endpoint.mts'
import type { Settings } from './options.mts'
import { concerns } from './routes.mts'

/** What runs before an endpoint, behind all other plugins: a request that another plugin refuses must not cost its proof. */
export const beforeHooks = (settings: Settings) =>
  ({
    id: 'local-first-identity-before',
    hooks: { before: [{ matcher: concerns, handler: createAuthMiddleware((ctx) => beforeEndpoint(ctx, settings)) }] },
  }) satisfies BetterAuthPlugin

const afterHooks = (settings: Settings) =>
  ({
    id: 'local-first-identity-after',
    hooks: {
      after: [
        { matcher: concerns, handler: createAuthMiddleware((ctx) => afterEndpoint(ctx, settings)) },
        { matcher: isAppReturn, handler: createAuthMiddleware((ctx) => completeAppReturn(ctx)) },
      ],
    },
  }) satisfies BetterAuthPlugin

/**
 * Whether a plugin hands cookies on to a framework, as `nextCookies()` and its like do. Apps place it last; a cookie that is set
 * behind it never reaches the browser of a server action.
 */
const handsOnCookies = ({ id }: BetterAuthPlugin): boolean => /cookie/i.test(id)

/** Has the hooks after an endpoint run behind all other plugins, but before those that hand cookies on. */
export function placeAfterHooks({ options: { plugins = [] } }: AuthContext, settings: Settings): void {
  const index = plugins.findIndex(handsOnCookies)
  // Better Auth's own copy of the app's list.
  plugins.splice(index === -1 ? plugins.length : index, 0, afterHooks(settings))
}
