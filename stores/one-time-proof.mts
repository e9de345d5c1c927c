import type { VerifiedProof } from 'local-first-identity'

import { hasMethod, invalid } from '../common/options.mts'
import { memoryStore } from './memory.mts'
import { internalsOf, NAMESPACE, type Store } from './store.mts'

/**
 * Uses a proof up. `true` the first time, `false` for each time after it, in whatever process.
 *
 * Rejects with a `StoreError` if the store fails: then the proof counts as refused, and may be used up.
 */
export type UseProof = (proof: VerifiedProof) => Promise<boolean>

/**
 * How much longer a proof is remembered than it holds, in seconds. The clocks of two servers that share a store may
 * differ; to the later one a proof is good for longer. Beyond the 60 seconds that verification allows the client's clock.
 */
const CLOCK_DIFFERENCE_SECONDS = 300

/** What is good for one use, until it expires; both in Unix seconds. */
export type Lifetime = Pick<VerifiedProof, 'issuedAt' | 'expiresAt'>

/**
 * For how many seconds it is remembered that something was used: until it has expired by the clock of every server.
 *
 * @param oneClock - Whether there is one clock alone. Two readings of it may still be a little apart. Default `false`.
 */
export function secondsToRemember({ issuedAt, expiresAt }: Lifetime, oneClock = false): number {
  const since = Math.min(issuedAt, Math.floor(Date.now() / 1000))
  return expiresAt - since + (oneClock ? 1 : CLOCK_DIFFERENCE_SECONDS)
}

/**
 * Makes proofs good for one use.
 *
 * @param store - Where used proofs are remembered, until they have expired by every clock. Default: this thread's
 *   memory, which is enough for one process of one thread alone.
 * @throws TypeError if `store` is none.
 */
export function oneTimeProof(store: Store = memoryStore()): UseProof {
  if (!hasMethod(store, 'create')) invalid('oneTimeProof', '`store` must be a store, such as `redisStore(client)`')
  const { store: own, oneClock } = internalsOf(store)
  return async (proof) => {
    if (proof?.ok !== true) invalid('oneTimeProof', 'the proof must be what verified, with `ok: true`')
    const key = `${NAMESPACE}proof:${proof.proofId}`
    const first: unknown = await own.create(key, '1', secondsToRemember(proof, oneClock))
    // An app's own store may give what is truthy, and means no.
    if (typeof first !== 'boolean') invalid('oneTimeProof', "the store's `create` must give a boolean")
    return first
  }
}
