import { utf8ToBytes } from '@noble/hashes/utils.js'
import { encodeBase64url } from '../../common/base64url.mts'
import { fault, rangeError, typeError } from '../../common/errors.mts'
import { ownOptions } from '../../common/options.mts'
import { LAST_SECOND } from '../../common/time.mts'
import { normalizeAudience } from './audience.mts'
import { signingKeyOf } from './identity.mts'
import { parseSecret } from './secret.mts'
import { formatUuid } from './uuid.mts'

/** What a proof is to prove, and to whom. */
export interface LocalFirstIdentityProofOptions {
  /** The identity's secret: 43 characters of base64url without padding (32 bytes). */
  secret: string
  /** The name the verifier expects: at least one character, no lone surrogates. Not the app's ID. */
  audience: string
  /**
   * How long the proof holds: whole seconds, from 1 to 3,600, the longest that verifiers take. Sign-up helpers take 300.
   *
   * @default 60
   */
  ttlSeconds?: number
}

/** What every verifier accepts by default. A longer one, or one in milliseconds, would be refused only when it is used. */
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
 * @throws TypeError or RangeError naming the argument; Error if the device's clock cannot date it.
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
 * Mints a proof that this device has an identity's secret: what a sign-up sends along. By the device's clock, which may be
 * 60 seconds ahead of the verifier's.
 *
 * Mint one for each request. Two of the same second, audience and lifetime are the same bytes, which a verifier that takes a
 * proof once takes once.
 *
 * @returns A compact JWS (RFC 7515 §7.1) of under 500 bytes: byte for byte what the addon's `mintLocalFirstToken` gives.
 * @throws TypeError or RangeError naming what is not as described. The message never has the secret.
 * @throws Error if the device's clock is set to before 1970 or beyond the year 9999.
 * @see RFC 7515 §5.1, RFC 8037 §3.1
 */
export function getLocalFirstIdentityProof(options: LocalFirstIdentityProofOptions): string {
  const names = ['secret', 'audience', 'ttlSeconds']
  const { secret, audience, ttlSeconds = 60 } = ownOptions('getLocalFirstIdentityProof', options, names)
  return mintToken({ secret, audience, ttlSeconds })
}
