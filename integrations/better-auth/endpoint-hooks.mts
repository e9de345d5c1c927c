// The hooks around Better Auth's endpoints, and their place among those of the app's plugins.

import type { AuthContext, BetterAuthPlugin, GenericEndpointContext } from '@better-auth/core'
import { createAuthMiddleware } from 'better-auth/api'

import { afterEndpoint } from './after-endpoint.mts'
import { completeAppReturn, isAppReturn } from './app-return.mts'
import { beforeEndpoint } from './before-endpoint.mts'
import type { LocalFirstIdentityOptions, Settings } from './options.mts'
import { concerns } from './routes.mts'

type AfterHooks = NonNullable<NonNullable<BetterAuthPlugin['hooks']>['after']>

const beforeHooks = (settings: Settings) =>
  ({
    id: 'local-first-identity-before',
    hooks: {
      before: [
        { matcher: concerns, handler: createAuthMiddleware((ctx) => beforeEndpoint(ctx, settings)) },
        { matcher: isAppReturn, handler: createAuthMiddleware((ctx) => completeAppReturn(ctx, settings)) },
      ],
    },
  }) satisfies BetterAuthPlugin

/** By the options that an app has given: several apps may share a plugin that has the hook below. */
const settingsOf = new WeakMap<LocalFirstIdentityOptions, Settings>()

const settingsIn = ({ context }: Pick<GenericEndpointContext, 'context'>): Settings | undefined => {
  const options = context.getPlugin('local-first-identity')?.options
  return options && settingsOf.get(options)
}

/** After an endpoint, with the settings of the app that it belongs to. */
const afterHook: AfterHooks[number] = {
  matcher: (ctx) => concerns(ctx) && settingsIn(ctx) !== undefined,
  handler: createAuthMiddleware(async (ctx) => {
    const settings = settingsIn(ctx)
    return settings && afterEndpoint(ctx, settings)
  }),
}

/**
 * The plugin that hands cookies on to a framework, as `nextCookies()` does, if it is last, as Better Auth asks: a cookie that is
 * set behind it never reaches the browser of a server action.
 */
function cookiePluginOf({ options: { plugins = [] } }: AuthContext): BetterAuthPlugin | undefined {
  const others = plugins.findLastIndex(({ id, hooks }) => (hooks?.after ?? []).length > 0 && !/cookie/i.test(id))
  return plugins.slice(others + 1).find(({ hooks }) => (hooks?.after ?? []).length > 0)
}

/**
 * The plugins with the hooks, for the end of the list: a request that another plugin refuses must not cost its proof. Those after
 * an endpoint must run before the plugin that hands cookies on. They are put among that plugin's own: a plugin can add others at
 * the end of the list alone, and the list itself may be replaced by another one while plugins start.
 */
export function hookPlugins(
  context: AuthContext,
  settings: Settings,
  options: LocalFirstIdentityOptions,
): BetterAuthPlugin[] {
  settingsOf.set(options, settings)
  const bridge = cookiePluginOf(context)?.hooks?.after
  if (!bridge || Object.isFrozen(bridge)) {
    return [beforeHooks(settings), { id: 'local-first-identity-after', hooks: { after: [afterHook] } }]
  }
  if (!bridge.includes(afterHook)) bridge.unshift(afterHook)
  return [beforeHooks(settings)]
}
