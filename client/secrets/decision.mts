// What was decided of a secret a moment ago, in IndexedDB.
//
// A tab sees what another has put into `localStorage` a moment later, whatever lock either holds (whatwg/html#403): browsers
// keep a copy of it in each process. IndexedDB's transactions are seen by all at once.

import { update } from 'idb-keyval'

import { databaseWithin } from './database.mts'
import { TimeoutError } from './deadline.mts'

interface Decision {
  secret: string | null
  /** Milliseconds since 1970. */
  at: number
}

/** Far longer than browsers take to tell their processes, and short enough that what other code clears stays cleared. */
const RECENT_MS = 5000

/**
 * Decides what a secret is, in one transaction: one tab after the other.
 *
 * @param key - Of which secret.
 * @param choose - Is told what was decided in the last five seconds: a secret, `null` for none; `undefined` if nothing was,
 *   or there is no IndexedDB. Gives what is decided now; `undefined` to leave it at that.
 * @param milliseconds - How long IndexedDB may take.
 * @throws TimeoutError if it takes longer: other tabs may have decided, and nothing is decided here.
 */
export async function decide(
  key: string,
  choose: (recent: string | null | undefined) => string | null | undefined,
  milliseconds: number,
): Promise<void> {
  let isChosen = false
  const put = (last?: Decision): Decision | undefined => {
    const recent = last && Math.abs(Date.now() - last.at) < RECENT_MS ? last : undefined
    const secret = choose(recent?.secret)
    isChosen = true
    // An old one goes: the secret is not to lie in two places for longer than it must.
    return secret === undefined ? recent : { secret, at: Date.now() }
  }
  // What was chosen stands, kept or not: where IndexedDB does not work, it does not for the other tabs either.
  try {
    await update(`decided:${key}`, put as (last?: Decision) => Decision, databaseWithin(milliseconds))
  } catch (error) {
    if (error instanceof TimeoutError) throw error
    if (!isChosen) choose(undefined)
  }
}
