import { createHash } from 'node:crypto'

import type { Session } from './session.mts'

interface Entry {
  session: Session
  /** Unix seconds. */
  expiresAt: number
}

/** How many tokens are remembered: those used last. */
const MAX_ENTRIES = 10_000
/** For how long at most, in seconds: a key that its provider has withdrawn must not count for the rest of the token's life. */
const MAX_AGE_SECONDS = 300

const nowInSeconds = () => Math.floor(Date.now() / 1000)

/** Remembers the sessions of tokens that were verified, by the tokens' SHA-256, so that no token is kept. */
export class SessionCache {
  readonly #entries = new Map<string, Entry>()

  static keyOf(token: string): string {
    return createHash('sha256').update(token).digest('base64')
  }

  get(key: string): Session | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    if (nowInSeconds() >= entry.expiresAt) return undefined
    // The first of a Map is the one that went in first: again at its end, it is the last to go.
    this.#entries.set(key, entry)
    return entry.session
  }

  /** @param expiresAt - When the token stops holding, in Unix seconds. */
  set(key: string, session: Session, expiresAt: number): void {
    this.#entries.set(key, { session, expiresAt: Math.min(expiresAt, nowInSeconds() + MAX_AGE_SECONDS) })
    if (this.#entries.size <= MAX_ENTRIES) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }
}
