import { mintLocalFirstToken } from 'local-first-identity'
import { rangeError } from '../common/errors.mts'

import { LAST_SECOND } from '../common/time.mts'
import { identities } from './identities.mts'

/** A clock that stands still until a test moves it. */
export interface Clock {
  /** Unix seconds: for the option `now` of what mints and of what verifies. */
  now(): number
  /**
   * Moves the clock ahead, or back by a negative number.
   *
   * @param seconds - A whole number, which leads neither to before 1970 nor beyond the year 9999.
   * @throws RangeError if it is not as described.
   */
  advance(seconds: number): void
}

/**
 * The second that the addon takes a time from where it is told none: that of the operating system, which the fake `Date` of a
 * test runner does not change.
 */
export function systemSeconds(): number {
  const [, claims = ''] = mintLocalFirstToken(identities.alice.secret, 'what time is it', 1).split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).iat
}

/** @throws RangeError naming the argument, if it is or leads to no second that a token can have. */
export function checkSecond(name: string, argument: string, second: number): void {
  if (Number.isInteger(second) && second >= 0 && second <= LAST_SECOND) return
  throw rangeError(`${name}: \`${argument}\` must give a whole second from 1970 to the year 9999`)
}

/**
 * Makes a clock.
 *
 * @param at - What it shows first, in Unix seconds up to the end of the year 9999. Default: the operating system's time,
 *   which a test runner's fake `Date` does not change.
 * @throws RangeError if `at` is not as described.
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
