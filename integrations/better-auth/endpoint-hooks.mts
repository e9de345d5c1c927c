// The hooks around Better Auth's endpoints. Their order among the hooks of other plugins matters.

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

/** The settings of each app, by its options. Several apps may share a plugin that has the hook below. */
const settingsOf = new WeakMap<LocalFirstIdentityOptions, Settings>()

const settingsIn = ({ context }: Pick<GenericEndpointContext, 'context'>): Settings | undefined => {
  const options = context.getPlugin('local-first-identity')?.options
  return options && settingsOf.get(options)
}

/** Runs after an endpoint, with the settings of the endpoint's app. */
const afterHook: AfterHooks[number] = {
  matcher: (ctx) => concerns(ctx) && settingsIn(ctx) !== undefined,
  handler: createAuthMiddleware(async (ctx) => {
    const settings = settingsIn(ctx)
    return settings && afterEndpoint(ctx, settings)
  }),
}

/**
 * Finds the plugin that passes cookies on to a framework, as `nextCookies()` does. Better Auth requires it to be last: a cookie
 * that is set after it never reaches the browser of a server action.
 *
 * @returns The plugin; `undefined` if it is not last, or there is none.
 */
function cookiePluginOf({ options: { plugins = [] } }: AuthContext): BetterAuthPlugin | undefined {
  const others = plugins.findLastIndex(({ id, hooks }) => (hooks?.after ?? []).length > 0 && !/cookie/i.test(id))
  return plugins.slice(others + 1).find(({ hooks }) => (hooks?.after ?? []).length > 0)
}

/**
 * Makes the plugins with the hooks, for the end of the list: a request that another plugin refuses must not use up its proof.
 *
 * The hook after an endpoint must run before the plugin that passes cookies on. So it is added to that plugin's own hooks. A
 * plugin can add other plugins only at the end of the list, and the list itself may be replaced while plugins start.
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
