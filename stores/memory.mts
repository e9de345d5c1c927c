import { checkCount, ownOptions } from '../common/options.mts'
import { createStore, type Engine, type Store, StoreError } from './store.mts'

/** What a store in memory takes. */
export interface MemoryStoreOptions {
  /** How many entries it holds at most, from 1 to 10,000,000: about 200 bytes for a used proof. Default 100,000. */
  maxEntries?: number | undefined
}

interface Entry {
  value: string
  expiresAt: number
}

const SWEEP_MS = 60_000
/** A full store looks for room this often, and not at each call: a stranger may be the one who fills it. */
const SWEEP_WHEN_FULL_MS = 1_000

/**
 * A store in this thread's memory. Other threads and processes know nothing of it, and it is empty after a restart.
 *
 * When it is full, `create` rejects with a {@link StoreError} until entries expire: to forget one early would let a proof
 * be used again.
 *
 * @throws TypeError or RangeError naming the option, if it is not as described.
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxEntries = 100_000 } = ownOptions('memoryStore', options, ['maxEntries'])
  checkCount('memoryStore', 'maxEntries', maxEntries, 10_000_000)
  const entries = new Map<string, Entry>()
  let sweptAt = Date.now()

  const sweep = (now: number) => {
    const full = entries.size >= maxEntries
    // A clock that was set back must not keep it from sweeping.
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
