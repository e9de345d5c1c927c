import { checkFunction } from '../../common/options.mts'
import { parseSecret } from '../identity/secret.mts'
import { type AuthSecretStore, AuthSecretStoreError, secretIn } from '../secrets/secret-store.mts'

/**
 * Whose device it is, as far as is known: `isLoading` while the secret is being read or made; then either the `secret`, 43
 * characters of base64url without padding (32 bytes), or the `error` that kept it from being there.
 */
export type LocalFirstAuthState =
  | { readonly secret: null; readonly isLoading: true; readonly error: null }
  | { readonly secret: string; readonly isLoading: false; readonly error: null }
  | { readonly secret: null; readonly isLoading: false; readonly error: Error }

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
   * @param secret - 43 characters of base64url without padding (32 bytes).
   * @returns Once `getState()` has it, where somebody is subscribed.
   * @throws TypeError if it is no secret.
   */
  login(secret: string): Promise<void>
  /**
   * Forgets the identity, **which is lost** unless it was backed up, and starts with a new one.
   *
   * @returns Once `getState()` has the new one, where somebody is subscribed.
   */
  signOut(): Promise<void>
  /**
   * Has the secret read or made again, where there is an `error`. Loses nothing.
   *
   * @returns Once `getState()` has what came of it.
   */
  retry(): Promise<void>
}

/** What is known before anything was read, as on a server. */
export const LOADING: LocalFirstAuthState = { secret: null, isLoading: true, error: null }

const ready = (secret: string): LocalFirstAuthState => ({ secret, isLoading: false, error: null })

const failed = (cause: unknown): LocalFirstAuthState => {
  const error = cause instanceof Error ? cause : new AuthSecretStoreError('unavailable', { cause })
  return { secret: null, isLoading: false, error }
}

/** Whatever a store does that somebody else wrote, it ends in one of the states. */
async function loadFrom(store: AuthSecretStore): Promise<LocalFirstAuthState> {
  try {
    const secret = secretIn(await store.getOrCreateSecret())
    return secret === null ? failed('the store gave no secret') : ready(secret)
  } catch (error) {
    return failed(error)
  }
}

/**
 * Follows the secret of a store, for a user interface of any framework.
 *
 * @param store - One of the package's or your own. Without `subscribe`, only changes by `login` and `signOut` are seen.
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
  let newest: Promise<void> | undefined

  function become(known: LocalFirstAuthState): void {
    latest++
    // While nobody hears of changes, what is known now may not be true when somebody asks again.
    const next = listeners.size > 0 ? known : LOADING
    if (next.secret === state.secret && next.isLoading === state.isLoading && next.error === state.error) return
    state = next
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        // It is the listener's own, and must neither fail the change nor keep it from the others.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  /** Ends when the state is that of the store, also where a later load has overtaken this one. */
  async function load(): Promise<void> {
    const asked = ++latest
    newest = loadFrom(store).then((next) => {
      if (asked === latest) become(next)
    })
    let awaited: typeof newest
    do {
      awaited = newest
      await awaited
    } while (awaited !== newest)
  }

  // What was heard may not be what is there any more, or no secret: the store is asked.
  const hear = (): void => void load()

  /** A page that comes back from the browser's back/forward cache has heard of nothing in the meantime. */
  const onPageShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) hear()
  }

  function subscribe(listener: () => void): () => void {
    // Who subscribes twice hears twice, and ends each on its own.
    const own = () => listener()
    const isFirst = listeners.size === 0
    if (isFirst) {
      unsubscribe = store.subscribe?.(hear)
      globalThis.addEventListener?.('pageshow', onPageShow)
    }
    listeners.add(own)
    if (isFirst) void load()
    return () => {
      if (!listeners.delete(own) || listeners.size > 0) return
      unsubscribe?.()
      globalThis.removeEventListener?.('pageshow', onPageShow)
      become(LOADING)
    }
  }

  return {
    getState: () => state,
    subscribe,
    async login(secret) {
      parseSecret(secret)
      await store.saveSecret(secret)
      become(ready(secret))
    },
    async signOut() {
      await store.clearSecret()
      if (listeners.size > 0) await load()
    },
    retry: load,
  }
}
