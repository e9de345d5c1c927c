import { checkFunction } from '../common/options.mts'
import type { AuthSecretStore } from './secret-store.mts'

/** Whose device it is, as far as is known. */
export interface LocalFirstAuthState {
  /** 43 characters of base64url without padding (32 bytes); `null` while it is not there. */
  readonly secret: string | null
  /** Whether it is still being read or made. */
  readonly isLoading: boolean
  /** Why there is no secret; `null` if nothing went wrong. */
  readonly error: Error | null
}

/** The identity of a device, for a user interface. */
export interface LocalFirstAuth {
  /** The state: the same object until it changes. */
  getState(): LocalFirstAuthState
  /**
   * Calls `listener` after each change. The first subscription has the secret read or made; before it, nothing is.
   *
   * @returns What ends that.
   */
  subscribe(listener: () => void): () => void
  /**
   * Takes another identity, for example one from a recovery phrase, **in place of the device's own**.
   *
   * @throws TypeError if it is no secret.
   */
  login(secret: string): Promise<void>
  /** Forgets the identity, **which is lost** unless it was backed up, and starts with a new one. */
  signOut(): Promise<void>
}

/** What is known before anything was read, as on a server. */
export const LOADING: LocalFirstAuthState = { secret: null, isLoading: true, error: null }

/**
 * Follows the secret of a store, for a user interface of any framework.
 *
 * @throws TypeError if `store` is none.
 */
export function createLocalFirstAuth(store: AuthSecretStore): LocalFirstAuth {
  // Before the first person opens the app.
  for (const method of ['getOrCreateSecret', 'saveSecret', 'clearSecret'] as const) {
    checkFunction('createLocalFirstAuth', `store.${method}`, store?.[method])
  }
  const listeners = new Set<() => void>()
  let state = LOADING
  let unsubscribe: (() => void) | undefined
  /** Counts what was asked or heard, so that an answer that comes late does not undo what is newer. */
  let latest = 0

  function become(next: LocalFirstAuthState): void {
    latest++
    if (next.secret === state.secret && next.isLoading === state.isLoading && next.error === state.error) return
    state = next
    for (const listener of [...listeners]) listener()
  }

  const know = (secret: string): void => become({ secret, isLoading: false, error: null })

  async function load(): Promise<void> {
    const asked = ++latest
    const next = await store.getOrCreateSecret().then(
      (secret) => ({ secret, isLoading: false, error: null }),
      (error) => ({ secret: null, isLoading: false, error: error as Error }),
    )
    if (asked === latest) become(next)
  }

  function subscribe(listener: () => void): () => void {
    // Who subscribes twice hears twice, and ends each on its own.
    const own = () => listener()
    listeners.add(own)
    if (listeners.size === 1) {
      unsubscribe = store.subscribe?.((secret) => (secret === null ? void load() : know(secret)))
      void load()
    }
    return () => {
      if (!listeners.delete(own) || listeners.size > 0) return
      unsubscribe?.()
      unsubscribe = undefined
    }
  }

  return {
    getState: () => state,
    subscribe,
    async login(secret) {
      await store.saveSecret(secret)
      know(secret)
    },
    async signOut() {
      await store.clearSecret()
      if (listeners.size > 0) await load()
      else become(LOADING)
    },
  }
}
