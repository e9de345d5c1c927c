import type { AuthContext } from '@better-auth/core'
import { configurationError } from './configuration-error.mts'

import type { Settings } from './options.mts'

/**
 * Checks the rest of the configuration, once, at start. A set-up that cannot be safe throws. A probable mistake is logged as an
 * error.
 *
 * @throws BetterAuthError if identities would be lost, or a proof could be used twice.
 */
export function checkConfiguration(context: AuthContext, { assign, replayProtection }: Settings): void {
  const { options, logger } = context
  const say = (text: string) => logger.error(`[local-first-identity] ${text}`)

  if (assign === 'user-id' && options.advanced?.database?.generateId === 'serial') {
    throw configurationError(
      "`localFirstIdentity({ assign: 'user-id' })` cannot work with `advanced.database.generateId: 'serial'`: an identity is a UUID. Use `assign: 'field'`.",
    )
  }
  const { secondaryStorage } = options
  if (secondaryStorage && !options.verification?.storeInDatabase && typeof secondaryStorage.increment !== 'function') {
    throw configurationError(
      'localFirstIdentity needs `secondaryStorage.increment`, or `verification.storeInDatabase: true`: without either, two requests could use one proof.',
    )
  }
  if (assign === 'field' && jwtWithoutSubject(context)) {
    say(
      'The JWTs of the `jwt` plugin will not have the identity as their `sub`, so that users lose their data: set `jwt({ jwt: { getSubject: localFirstSubject } })`.',
    )
  }
  if (options.account?.accountLinking?.requireLocalEmailVerified === false) {
    say(
      "`account.accountLinking.requireLocalEmailVerified: false` lets a stranger who signs up first with a person's address share the account with that person, and with it the identity.",
    )
  }
  if (context.adapter.id === 'memory') {
    say(
      `The memory adapter does not keep columns unique${replayProtection ? ', and lets two requests use one proof at once' : ''}: use it only for tests.`,
    )
  }
}

function jwtWithoutSubject(context: AuthContext): boolean {
  const jwt = context.getPlugin('jwt') as { options?: { jwt?: { getSubject?: unknown } } } | null
  return jwt !== null && typeof jwt.options?.jwt?.getSubject !== 'function'
}
