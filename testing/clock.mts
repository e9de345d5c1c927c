import { mintLocalFirstToken } from 'local-first-identity'
import { rangeError } from '../common/errors.mts'

import { LAST_SECOND } from '../common/time.mts'
import { identities } from './identities.mts'

/** A clock that stands still until a test moves it. */
export interface Clock {
  /** Returns Unix seconds, for the option `now` of functions that mint and that verify. */
  now(): number
  /**
   * Moves the clock ahead, or back by a negative number.
   *
   * @param seconds - A whole number. The new time must be from 1970 to the year 9999.
   * @throws RangeError (`ERR_OUT_OF_RANGE`) if it is not.
   */
  advance(seconds: number): void
}

/**
 * Returns the time that the addon uses if it gets none, in Unix seconds. It is the operating system's time, which the fake
 * `Date` of a test runner does not change.
 */
export function systemSeconds(): number {
  const [, claims = ''] = mintLocalFirstToken(identities.alice.secret, 'what time is it', 1).split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).iat
}

/** @throws RangeError naming the argument, if it does not give a second that a token can have. */
export function checkSecond(name: string, argument: string, second: number): void {
  if (Number.isInteger(second) && second >= 0 && second <= LAST_SECOND) return
  throw rangeError(`${name}: \`${argument}\` must give a whole second from 1970 to the year 9999`)
}

/**
 * Makes a clock that stands still.
 *
 * @param at - Its first time, in Unix seconds up to the end of the year 9999. Default: the operating system's time, which a
 *   test runner's fake `Date` does not change.
 * @throws RangeError (`ERR_OUT_OF_RANGE`) if `at` is not a whole second from 1970 to the year 9999.
 * @example
 * const clock = createClock()
 * const token = proofFor('my-app-signup', { now: clock.now() })
 * clock.advance(60)
 * assert.equal(verifyLocalFirstIdentityProof(token, 'my-app-signup', { now: clock.now() }).code, 'expired')
 */
export function createClock(at: number = systemSeconds()): Clock {
  checkSecond('createClock', 'at', at)
  let second = at
  return Object.freeze({
    now: () => second,
    advance(seconds: number) {
      checkSecond('advance', 'seconds', second + seconds)
      second += seconds
    },
  })
}
