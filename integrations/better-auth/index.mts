// local-first-identity/better-auth: the plugin that stores a local-first identity, whatever way a person signs up.

import type { BetterAuthPlugin } from 'better-auth'

import { checkConfiguration } from './check-configuration.mts'
import { hookPlugins } from './endpoint-hooks.mts'
import { LOCAL_FIRST_IDENTITY_ERROR_CODES } from './error-codes.mts'
import { sessionHooks } from './foreign-link.mts'
import { linkEndpoint } from './link.mts'
import { type LocalFirstIdentityOptions, parseOptions } from './options.mts'
import { accountHooks } from './password-reset.mts'
import { LINK_PATH } from './routes.mts'
import { FOREIGN } from './session.mts'
import { userHooks } from './user-hooks.mts'

export { LOCAL_FIRST_IDENTITY_ERROR_CODES, type LocalFirstIdentityErrorCode } from './error-codes.mts'
export { localFirstSubject } from './jwt-subject.mts'
export type { LocalFirstIdentityOptions } from './options.mts'

declare module '@better-auth/core' {
  interface BetterAuthPluginRegistry<AuthOptions, Options> {
    'local-first-identity': { creator: typeof localFirstIdentity }
  }
}

const schema = {
  user: {
    fields: {
      /** The identity that was proven: a UUID, lower case, hyphenated. */
      jazzId: { type: 'string', required: false, unique: true, input: false, returned: true },
    },
  },
  session: {
    fields: {
      /** Whether the session began with a link that this browser had not requested. `link()` refuses such a session. */
      [FOREIGN]: { type: 'boolean', required: false, input: false, returned: true },
    },
  },
} as const

/**
 * Makes a Better Auth plugin. It verifies the identity proof of a sign-up and stores the identity on the new user. It covers
 * sign-ups by e-mail, username, ID token, OAuth, one-time password, phone and magic link, and anonymous ones.
 *
 * @param options - `audience` is required; every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is not as described.
 * @throws BetterAuthError at start, if the rest of the configuration would lose identities or let a proof be used twice.
 * @example
 * const auth = betterAuth({
 *   emailAndPassword: { enabled: true },
 *   plugins: [localFirstIdentity({ audience: 'my-app-signup' }), jwt({ jwt: { getSubject: localFirstSubject } })],
 * })
 */
export const localFirstIdentity = (options: LocalFirstIdentityOptions) => {
  const settings = parseOptions(options)
  return {
    id: 'local-first-identity',
    schema,
    endpoints: { linkLocalFirstIdentity: linkEndpoint(settings) },
    rateLimit: [{ pathMatcher: (path: string) => path === LINK_PATH, window: 60, max: 10 }],
    options,
    $ERROR_CODES: LOCAL_FIRST_IDENTITY_ERROR_CODES,
    init(context) {
      checkConfiguration(context, settings)
      return {
        options: {
          plugins: hookPlugins(context, settings, options),
          databaseHooks: { user: userHooks(settings), session: sessionHooks, account: accountHooks },
        },
      }
    },
  } satisfies BetterAuthPlugin
}
