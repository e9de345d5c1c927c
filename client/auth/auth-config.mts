import { ownOptions } from '../../common/options.mts'

/** What a client of a sync server signs in with. */
export type AuthConfig =
  | { jwtToken: string; secret?: never }
  | { secret: string; jwtToken?: never }
  | { jwtToken?: never; secret?: never }

/**
 * Which of the two a person is known by: the provider's JWT if there is one, since then they have an account; else the
 * device's secret; else neither. Never both.
 *
 * Spread it into the client's configuration: `{ appId, serverUrl, ...resolveAuthConfig({ jwt, secret }) }`.
 *
 * @param known - `jwt`: what the provider issued; `secret`: what the store gave. Either may be absent, `null` or empty.
 * @throws TypeError if it is given anything else.
 */
export function resolveAuthConfig(known: { jwt?: string | null; secret?: string | null }): AuthConfig {
  const { jwt, secret } = ownOptions('resolveAuthConfig', known, ['jwt', 'secret'])
  if (jwt) return { jwtToken: jwt }
  return secret ? { secret } : {}
}
