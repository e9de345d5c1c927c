import { ownOptions } from '../../common/options.mts'

/** What a sync client signs in with: a JWT, a secret, or neither. */
export type AuthConfig =
  | { jwtToken: string; secret?: never }
  | { secret: string; jwtToken?: never }
  | { jwtToken?: never; secret?: never }

/**
 * Selects what a sync client signs in with, never both:
 * 1. the provider's JWT, if there is one, because then the person has an account
 * 2. otherwise the device's secret, if there is one
 * 3. otherwise neither
 *
 * Spread the result into the client's configuration.
 *
 * @param known - `jwt`: issued by the provider; `secret`: returned by the store. Either may be absent, `null` or empty.
 * @returns `{ jwtToken }`, `{ secret }` or `{}`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) if `known` is not a plain object with only these two.
 * @example
 * const config = { appId, serverUrl, ...resolveAuthConfig({ jwt, secret }) }
 */
export function resolveAuthConfig(known: { jwt?: string | null; secret?: string | null }): AuthConfig {
  const { jwt, secret } = ownOptions('resolveAuthConfig', known, ['jwt', 'secret'])
  if (jwt) return { jwtToken: jwt }
  return secret ? { secret } : {}
}
