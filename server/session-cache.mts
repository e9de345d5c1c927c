import { createHash } from 'node:crypto'

import type { Session } from './session.mts'

interface Entry {
  session: Session
  /** Unix seconds. */
  expiresAt: number
}

/** The most tokens to remember. Half as many of the last used ones are certain to be kept. */
const MAX_ENTRIES = 10_000
/** The longest time, in seconds. A key that its provider has withdrawn must not count for the rest of the token's life. */
const MAX_AGE_SECONDS = 300

const nowInSeconds = () => Math.floor(Date.now() / 1000)

/**
 * Remembers the sessions of verified tokens by the tokens' SHA-256, so that no token is kept.
 *
 * It has two generations. When the younger one is full, the older one is dropped; entries that were used meanwhile have moved to
 * the younger one. No single entry is deleted: a `Map` that deletes at each use is slower than a verification.
 */
export class SessionCache {
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()

  static keyOf(token: string): string {
    return createHash('sha256').update(token).digest('base64')
  }

  get(key: string): Session | undefined {
    const young = this.#young.get(key)
    const entry = young ?? this.#old.get(key)
    if (!entry || nowInSeconds() >= entry.expiresAt) return undefined
    if (!young) this.#add(key, entry)
    return entry.session
  }

  /** @param expiresAt - When the token expires, in Unix seconds. */
  set(key: string, session: Session, expiresAt: number): void {
    this.#add(key, { session, expiresAt: Math.min(expiresAt, nowInSeconds() + MAX_AGE_SECONDS) })
  }

  #add(key: string, entry: Entry): void {
    this.#young.set(key, entry)
    if (this.#young.size < MAX_ENTRIES / 2) return
    this.#old = this.#young
    this.#young = new Map()
  }
}
