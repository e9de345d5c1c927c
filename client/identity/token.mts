import { checkText, ownOptions } from '../../common/options.mts'
import { mintToken } from './proof.mts'

/** The options of `getLocalFirstToken`. */
export interface LocalFirstTokenOptions {
  /** The identity's secret: 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them. */
  secret: string
  /** The app's ID, as the server's `session({ appId })` has it. Not the audience of proofs. */
  appId: string
  /**
   * How long the token is valid: whole seconds, from 1 to 3,600, the longest that `session` accepts.
   *
   * @default 300
   */
  ttlSeconds?: number
}

/** The lifetime of a token for data, in seconds. */
export const TOKEN_SECONDS = 300

/**
 * Mints the bearer token of a guest: `session({ appId })` on the server accepts it as the identity of this device.
 *
 * Anyone who has the token is the guest until it expires. Send it only to your own API, over HTTPS.
 *
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the option,
 *   if one is wrong. The message never has the secret.
 * @throws Error (`ERR_CLOCK`) if the device's clock is set to before 1970 or after 9999.
 * @example
 * const token = getLocalFirstToken({ secret, appId: 'my-app' })
 * await fetch('/notes', { headers: { authorization: `Bearer ${token}` } })
 */
export function getLocalFirstToken(options: LocalFirstTokenOptions): string {
  const name = 'getLocalFirstToken'
  const { secret, appId, ttlSeconds = TOKEN_SECONDS } = ownOptions(name, options, ['secret', 'appId', 'ttlSeconds'])
  checkText(name, 'appId', appId)
  return mintToken({ secret, audience: appId, ttlSeconds })
}
