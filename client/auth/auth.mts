import { checkFunction } from '../../common/options.mts'
import { parseAuthSecret } from '../identity/secret.mts'
import { type AuthSecretStore, AuthSecretStoreError, secretIn } from '../secrets/secret-store.mts'

/**
 * The state of a device's identity. `isLoading` is true while the secret is read or made. After that there is either the
 * `secret` or the `error` that prevented it. A secret is 43 characters of base64url without padding (32 bytes).
 */
export type LocalFirstAuthState =
  | { readonly secret: null; readonly isLoading: true; readonly error: null }
  | { readonly secret: string; readonly isLoading: false; readonly error: null }
  | { readonly secret: null; readonly isLoading: false; readonly error: Error }

/** The identity of a device, for a user interface. */
export interface LocalFirstAuth {
  /** Returns the state: the same object until it changes. */
  getState(): LocalFirstAuthState
  /**
   * Calls `listener` after each change. The first subscription reads the secret, or makes one. Before it, nothing is read or
   * made.
   *
   * @returns A function that ends the subscription.
   */
  subscribe(listener: () => void): () => void
  /**
   * Takes another identity, for example one from a recovery phrase, **in place of the device's own**.
   *
   * @param secret - 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them.
   * @returns A promise. When it is fulfilled, `getState()` has the secret, as long as there is a subscriber.
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) if it is not a secret.
   */
  login(secret: string): Promise<void>
  /**
   * Forgets the identity, **which is lost** unless it was backed up, and starts with a new one.
   *
   * @returns A promise. When it is fulfilled, `getState()` has the new secret, as long as there is a subscriber.
   */
  signOut(): Promise<void>
  /**
   * Reads or makes the secret again after an `error`. Loses nothing.
   *
   * @returns A promise. When it is fulfilled, `getState()` has the result.
   */
  retry(): Promise<void>
}

/** The state before anything is read, for example on a server. */
export const LOADING: LocalFirstAuthState = { secret: null, isLoading: true, error: null }

const ready = (secret: string): LocalFirstAuthState => ({ secret, isLoading: false, error: null })

const failed = (cause: unknown): LocalFirstAuthState => {
  const error = cause instanceof Error ? cause : new AuthSecretStoreError('unavailable', { cause })
  return { secret: null, isLoading: false, error }
}

/** Reads or makes the secret. Even if a store of the app's own misbehaves, the result is one of the states. */
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
 * @param store - One of this package's stores, or your own. If it has no `subscribe`, only changes by `login` and `signOut`
 *   are seen.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `store` does not have the methods of a store.
 * @example
 * const auth = createLocalFirstAuth(new BrowserAuthSecretStore({ appId: 'my-app' }))
 * const unsubscribe = auth.subscribe(() => console.log(auth.getState().isLoading))
 */
export function createLocalFirstAuth(store: AuthSecretStore): LocalFirstAuth {
  // Checked here, so that a mistake shows before the first person opens the app.
  for (const method of ['getOrCreateSecret', 'saveSecret', 'clearSecret'] as const) {
    checkFunction('createLocalFirstAuth', `store.${method}`, store?.[method])
  }
  const listeners = new Set<() => void>()
  let state = LOADING
  let unsubscribe: (() => void) | undefined
  /** Counts the loads and changes, so that a late answer does not undo a newer one. */
  let latest = 0
  let newest: Promise<void> | undefined

  function become(known: LocalFirstAuthState): void {
    latest++
    // Without a listener, changes are missed, so the state may be out of date at the next subscription.
    const next = listeners.size > 0 ? known : LOADING
    if (next.secret === state.secret && next.isLoading === state.isLoading && next.error === state.error) return
    state = next
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        // An error of one listener must not fail the change or keep it from the other listeners.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  /** Loads the state of the store. If a later load overtakes this one, ends only after the later one. */
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

  // The value in a notice may be out of date, or not a secret, so the store is read again.
  const hear = (): void => void load()

  /** A page that returns from the browser's back/forward cache has missed all changes in the meantime. */
  const onPageShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) hear()
  }

  function subscribe(listener: () => void): () => void {
    // A function for each subscription: a listener that subscribes twice is called twice, and each can be ended separately.
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
      const bare = parseAuthSecret(secret)
      await store.saveSecret(bare)
      become(ready(bare))
    },
    async signOut() {
      await store.clearSecret()
      if (listeners.size > 0) await load()
    },
    retry: load,
  }
}
