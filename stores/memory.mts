import { checkCount, ownOptions } from '../common/options.mts'
import { createStore, type Engine, type Store, StoreError } from './store.mts'

/** The options of `memoryStore`. */
export interface MemoryStoreOptions {
  /** How many entries it holds at most, from 1 to 10,000,000. A used proof takes about 200 bytes. Default 100,000. */
  maxEntries?: number | undefined
}

interface Entry {
  value: string
  expiresAt: number
}

const SWEEP_MS = 60_000
/** How often a full store looks for expired entries. Not at each call, because it may be a stranger who fills it. */
const SWEEP_WHEN_FULL_MS = 1_000

/**
 * Makes a store in this thread's memory. Other threads and processes do not share it, and it is empty after a restart.
 *
 * When it is full, `create` rejects with a {@link StoreError} until entries expire: to forget one early would let a proof
 * be used again.
 *
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the option,
 *   if one is wrong.
 * @example
 * const store = memoryStore({ maxEntries: 10_000 })
 * const useProof = oneTimeProof(store)
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxEntries = 100_000 } = ownOptions('memoryStore', options, ['maxEntries'])
  checkCount('memoryStore', 'maxEntries', maxEntries, 10_000_000)
  const entries = new Map<string, Entry>()
  let sweptAt = Date.now()

  const sweep = (now: number) => {
    const full = entries.size >= maxEntries
    // The absolute difference, because a clock that was set back must not stop the sweeps.
    if (Math.abs(now - sweptAt) < (full ? SWEEP_WHEN_FULL_MS : SWEEP_MS)) return
    sweptAt = now
    for (const [key, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(key)
  }
  const live = (key: string, now = Date.now()): Entry | undefined => {
    const entry = entries.get(key)
    return entry && entry.expiresAt > now ? entry : undefined
  }

  const engine: Engine = {
    create(key, value, ttlSeconds) {
      const now = Date.now()
      sweep(now)
      if (live(key, now)) return false
      if (entries.size >= maxEntries && !entries.has(key)) {
        throw new StoreError(`The memory store is full: it holds ${maxEntries} entries.`)
      }
      entries.set(key, { value, expiresAt: now + ttlSeconds * 1000 })
      return true
    },
    get: (key) => live(key)?.value,
    compareAndSwap(key, expected, value, ttlSeconds) {
      const now = Date.now()
      if (live(key, now)?.value !== expected) return false
      entries.set(key, { value, expiresAt: now + ttlSeconds * 1000 })
      return true
    },
    take(key) {
      const value = live(key)?.value
      entries.delete(key)
      return value
    },
  }
  return createStore('memory', engine, { oneClock: true })
}
