// The last decision about a secret, in IndexedDB, so that all tabs agree.
//
// A tab sees what another tab has put into `localStorage` only a moment later, whatever lock either holds
// (whatwg/html#403): browsers keep a copy of it in each process. All tabs see a transaction of IndexedDB at once.

import { update } from 'idb-keyval'

import { databaseWithin } from './database.mts'
import { TimeoutError } from './deadline.mts'

interface Decision {
  secret: string | null
  /** Milliseconds since 1970. */
  at: number
}

/** Far longer than browsers take to update their processes. Short enough that what other code clears stays cleared. */
const RECENT_MS = 5000

/**
 * Decides what a secret is, in one transaction, so that the tabs decide one after the other.
 *
 * @param key - The key of the secret.
 * @param choose - Gets the decision of the last five seconds: a secret, or `null` for none. It gets `undefined` if there was
 *   no decision, or there is no IndexedDB. It returns the new decision, or `undefined` to leave the last one.
 * @param milliseconds - How long IndexedDB may take.
 * @throws TimeoutError if it takes longer. Other tabs may have decided then, and nothing is decided here.
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
    // An old decision is deleted, so that the secret is not in two places for longer than necessary.
    return secret === undefined ? recent : { secret, at: Date.now() }
  }
  // The choice holds even if it was not kept: if IndexedDB does not work here, it does not work in the other tabs either.
  try {
    await update(`decided:${key}`, put as (last?: Decision) => Decision, databaseWithin(milliseconds))
  } catch (error) {
    if (error instanceof TimeoutError) throw error
    if (!isChosen) choose(undefined)
  }
}
