// local-first-identity/better-auth: the plugin that keeps a local-first identity on every way of signing up.

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
      /** Whether it began with a link that this browser had not asked for: `link()` refuses it. */
      [FOREIGN]: { type: 'boolean', required: false, input: false, returned: true },
    },
  },
} as const

/**
 * A Better Auth plugin that verifies the identity proof of a sign-up and keeps the identity on the new user, whatever
 * they sign up with: e-mail, username, ID token, OAuth, one-time password, phone, magic link or anonymously.
 *
 * @param options - `audience` is required; every other option has a default.
 * @throws TypeError or RangeError naming the option, if one is not as described; at start, BetterAuthError if the rest of the
 *   configuration would lose identities.
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
