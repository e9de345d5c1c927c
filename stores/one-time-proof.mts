import type { VerifiedProof } from 'local-first-identity'

import { hasMethod, invalid } from '../common/options.mts'
import { memoryStore } from './memory.mts'
import { internalsOf, NAMESPACE, type Store } from './store.mts'

/**
 * Uses a proof up. Returns `true` the first time, and `false` each time after it, in any process that shares the store.
 *
 * Rejects with a `StoreError` if the store fails. Then the proof counts as refused, and may be used up.
 */
export type UseProof = (proof: VerifiedProof) => Promise<boolean>

/**
 * How much longer a proof is remembered than it is valid, in seconds. The clocks of two servers that share a store may
 * differ, and by the clock that is behind, a proof is valid for longer. The 60 seconds that verification allows for the
 * client's clock are not part of this.
 */
const CLOCK_DIFFERENCE_SECONDS = 300

/** The times of something that can be used once, until it expires. Both are in Unix seconds. */
export type Lifetime = Pick<VerifiedProof, 'issuedAt' | 'expiresAt'>

/**
 * Returns for how many seconds a use is remembered: until the thing that was used has expired by the clock of every server.
 *
 * @param oneClock - Whether there is only one clock. Two readings of it may still differ a little. Default `false`.
 */
export function secondsToRemember({ issuedAt, expiresAt }: Lifetime, oneClock = false): number {
  const since = Math.min(issuedAt, Math.floor(Date.now() / 1000))
  return expiresAt - since + (oneClock ? 1 : CLOCK_DIFFERENCE_SECONDS)
}

/**
 * Returns a function that accepts each proof once.
 *
 * @param store - Where used proofs are remembered, until they have expired by every clock. Default: this thread's memory,
 *   which is enough only for one process with one thread.
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `store` is not a store.
 * @example
 * const useProof = oneTimeProof(redisStore(redis))
 * app.post('/signup', identityProof({ audience: 'my-app-signup', useProof }), signUp)
 */
export function oneTimeProof(store: Store = memoryStore()): UseProof {
  if (!hasMethod(store, 'create')) invalid('oneTimeProof', '`store` must be a store, such as `redisStore(client)`')
  const { store: own, oneClock } = internalsOf(store)
  return async (proof) => {
    if (proof?.ok !== true) invalid('oneTimeProof', 'the proof must be what verified, with `ok: true`')
    const key = `${NAMESPACE}proof:${proof.proofId}`
    const first: unknown = await own.create(key, '1', secondsToRemember(proof, oneClock))
    // An app's own store may return a truthy value that means that the proof was used.
    if (typeof first !== 'boolean') invalid('oneTimeProof', "the store's `create` must give a boolean")
    return first
  }
}
