import { utf8ToBytes } from '@noble/hashes/utils.js'
import { normalizeAudience } from '../../common/audience.mts'
import { encodeBase64url } from '../../common/base64url.mts'
import { fault, rangeError, typeError } from '../../common/errors.mts'
import { ownOptions } from '../../common/options.mts'
import { LAST_SECOND } from '../../common/time.mts'
import { formatUuid } from '../../common/uuid.mts'
import { signingKeyOf } from './identity.mts'
import { parseSecret } from './secret.mts'

/** The options of `getLocalFirstIdentityProof`. */
export interface LocalFirstIdentityProofOptions {
  /** The identity's secret: 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them. */
  secret: string
  /** The name the verifier expects: at least one character, no lone surrogates. Not the app's ID. */
  audience: string
  /**
   * How long the proof is valid: whole seconds, from 1 to 3,600, the longest that verifiers accept by default. Sign-up
   * helpers accept 300 by default.
   *
   * @default 60
   */
  ttlSeconds?: number
}

/**
 * What every verifier accepts by default. Without this limit, a longer lifetime, or one in milliseconds, would be refused only
 * when the proof is used.
 */
const LONGEST_SECONDS = 3_600

const encodeJson = (value: object): string => encodeBase64url(utf8ToBytes(JSON.stringify(value)))

function expiryOf(now: number, ttlSeconds: unknown): number {
  if (typeof ttlSeconds !== 'number') throw typeError('ttlSeconds must be a number')
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > LONGEST_SECONDS) {
    throw rangeError(`ttlSeconds must be an integer from 1 to ${LONGEST_SECONDS}, in seconds`)
  }
  if (now + ttlSeconds > LAST_SECOND) throw rangeError('ttlSeconds must not reach beyond the year 9999')
  return now + ttlSeconds
}

/** The arguments of a token, unchecked. */
interface Minted {
  secret: unknown
  audience: string
  ttlSeconds: unknown
}

/**
 * Mints a token for an audience.
 *
 * @throws TypeError or RangeError naming the argument.
 * @throws Error (`ERR_CLOCK`) if the device's clock cannot date the token.
 * @see RFC 7515 §5.1, RFC 8037 §3.1
 */
export function mintToken({ secret, audience, ttlSeconds }: Minted): string {
  const { publicKey, userId, sign } = signingKeyOf(parseSecret(secret))
  const aud = normalizeAudience(audience)
  const iat = Math.floor(Date.now() / 1000)
  if (!(iat >= 0 && iat <= LAST_SECOND)) {
    throw fault('ERR_CLOCK', 'the clock of this device is set to before 1970 or beyond the year 9999')
  }
  const header = encodeJson({ alg: 'EdDSA', typ: 'JWT' })
  const claims = encodeJson({
    iss: 'urn:jazz:local-first',
    sub: formatUuid(userId),
    aud,
    jazz_pub_key: encodeBase64url(publicKey),
    iat,
    exp: expiryOf(iat, ttlSeconds),
  })
  const signingInput = `${header}.${claims}`
  return `${signingInput}.${encodeBase64url(sign(utf8ToBytes(signingInput)))}`
}

/**
 * Mints a proof that this device has an identity's secret. Send it with a sign-up. The device's clock dates it, and may be
 * 60 seconds ahead of the verifier's.
 *
 * Mint one for each request. Two proofs of the same second, audience and lifetime are the same bytes. A verifier that
 * accepts a proof once accepts only one of them.
 *
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes: the same bytes that the addon's `mintLocalFirstToken` returns.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the option,
 *   if one is wrong. The message never has the secret.
 * @throws Error (`ERR_CLOCK`) if the device's clock is set to before 1970 or beyond the year 9999.
 * @see RFC 7515 §5.1, RFC 8037 §3.1
 * @example
 * const proofToken = getLocalFirstIdentityProof({ secret, audience: 'my-app-signup' })
 * await fetch('/signup', { method: 'POST', headers: { 'x-local-first-proof': proofToken } })
 */
export function getLocalFirstIdentityProof(options: LocalFirstIdentityProofOptions): string {
  const names = ['secret', 'audience', 'ttlSeconds']
  const { secret, audience, ttlSeconds = 60 } = ownOptions('getLocalFirstIdentityProof', options, names)
  return mintToken({ secret, audience, ttlSeconds })
}
