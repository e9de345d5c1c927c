import { generateAuthSecret, parseAuthSecret } from '../identity/secret.mts'
import { inTime, PATIENCE_MS, SHORT_PATIENCE_MS, TimeoutError } from './deadline.mts'
import { decide } from './decision.mts'
import { persistQuietly } from './persistence.mts'
import { type BrowserAuthSecretScope, type Place, placeOf } from './place.mts'
import { type AuthSecretStore, type SecretListener, SecretListeners, secretIn, using } from './secret-store.mts'

const SHARED = Symbol.for('local-first-identity:listeners')

/**
 * The listeners of this tab, by key, because `storage` events go only to other tabs. They are global, because a page may
 * have several copies of this module.
 */
const shared = globalThis as { [SHARED]?: Map<string, SecretListeners> }

function listenersOf(key: string): SecretListeners {
  const listeners = shared[SHARED] ?? new Map<string, SecretListeners>()
  shared[SHARED] = listeners
  const found = listeners.get(key) ?? new SecretListeners()
  listeners.set(key, found)
  return found
}

const LOCK = 'The lock of another tab'

/**
 * Runs one change at a time among all tabs (Web Locks). Pages without HTTPS have no locks.
 *
 * @throws TimeoutError if another tab does not release the lock in time. The change then never runs.
 */
function oneAtATime<T>(key: string, change: () => Promise<T>, milliseconds = PATIENCE_MS): Promise<T> {
  const locks = globalThis.navigator?.locks
  if (!locks) return change()
  return new Promise((resolve, reject) => {
    let isOver = false
    const isMine = new Promise<void>((begin) => {
      locks
        .request(key, () => {
          if (isOver) return undefined
          begin()
          const changed = change()
          changed.then(resolve, reject)
          return changed
        })
        .catch(reject)
    })
    inTime(LOCK, milliseconds, isMine, () => {
      isOver = true
      return true
    }).catch(reject)
  })
}

/**
 * Returns the page's own storage. Deno, and Node from 25 on, have a `localStorage` as well. There, all users of a server
 * would share one identity.
 *
 * @throws Error on a server.
 */
function storage(): Storage {
  const isServers = !globalThis.document && globalThis.Storage && localStorage instanceof Storage
  if (isServers) throw new Error('localStorage is a server’s: all its users would share one secret')
  return localStorage
}

/** Marks a place that has had a secret: a guest of an older Jazz is adopted once, and not again after signing out. */
const settledKey = ({ key }: Place): string => `local-first-identity:settled:${key}`

/** Returns the secret of a guest of an older Jazz, who has not been adopted yet. */
function formerSecret(place: Place): string | null {
  if (place.former === undefined || storage().getItem(settledKey(place)) !== null) return null
  return secretIn(storage().getItem(place.former))
}

const read = (place: Place): string | null => secretIn(storage().getItem(place.key)) ?? formerSecret(place)

/**
 * Keeps a text, or removes it. After a crash in between, either the secret is there, or a former guest is not adopted again.
 *
 * @param text - As it is in the storage; `null` for none.
 */
function put(place: Place, text: string | null): void {
  if (text !== null) storage().setItem(place.key, text)
  if (place.former !== undefined) storage().setItem(settledKey(place), '1')
  if (text === null) storage().removeItem(place.key)
}

const write = (place: Place, secret: string | null): void => put(place, secret === null ? null : place.format(secret))

async function change(place: Place, secret: string | null): Promise<void> {
  const [before, settled] = [storage().getItem(place.key), storage().getItem(settledKey(place))]
  const after = secret === null ? null : place.format(secret)
  put(place, after)
  try {
    await decide(place.key, () => secret, PATIENCE_MS)
  } catch (error) {
    // Other tabs may have decided otherwise, and would soon undo this change, so it is undone here. A value that another
    // tab has written meanwhile stays.
    const mayStand = error instanceof TimeoutError && error.mayHaveChanged
    if (!mayStand && storage().getItem(place.key) === after) {
      put(place, before)
      if (settled === null) storage().removeItem(settledKey(place))
    }
    throw error
  }
  if (secret !== null) void persistQuietly()
  listenersOf(place.key).notify(secret)
}

/** Clears the secret if it is still `expected`, also by the last decision of all tabs. Returns whether it did. */
async function clearIf(place: Place, expected: string): Promise<boolean> {
  if (read(place) !== expected) return false
  let isThere = true
  const choose = (recent: string | null | undefined) => {
    isThere = recent === undefined || recent === expected
    return isThere ? null : undefined
  }
  await decide(place.key, choose, PATIENCE_MS)
  if (!isThere) return false
  write(place, null)
  listenersOf(place.key).notify(null)
  return true
}

/** Returns the secret by the last decision of all tabs. If there is none, makes a new one. */
async function getOrCreate(place: Place): Promise<string> {
  const shown = read(place)
  let secret = ''
  let isNew = false
  const choose = (recent: string | null | undefined) => {
    const found = recent === undefined ? shown : recent
    isNew = found === null
    secret = found ?? generateAuthSecret()
    return isNew ? secret : undefined
  }
  await decide(place.key, choose, shown === null ? PATIENCE_MS : SHORT_PATIENCE_MS)
  if (secret !== secretIn(storage().getItem(place.key))) write(place, secret)
  if (!isNew) return secret
  void persistQuietly()
  listenersOf(place.key).notify(secret)
  return secret
}

/**
 * Returns the secret that the tabs agree on. If the browser does not answer, returns what `localStorage` has.
 * `localStorage` is not read before that: once a page has read a value, Firefox keeps showing it that value for a while.
 */
async function getOrCreateInTime(place: Place): Promise<string> {
  const attempt = (milliseconds: number) => oneAtATime(place.key, () => getOrCreate(place), milliseconds)
  try {
    return await attempt(SHORT_PATIENCE_MS)
  } catch (error) {
    const shown = error instanceof TimeoutError ? read(place) : null
    if (shown !== null) return shown
    if (error instanceof TimeoutError && error.service === LOCK) return attempt(PATIENCE_MS - SHORT_PATIENCE_MS)
    throw error
  }
}

/**
 * Keeps a secret in `localStorage`, as text, under the key that Jazz's own client uses. It lasts until the site's data is
 * cleared. Any script of the origin can read it. Anyone who can read the browser's profile can read it, too. It works only
 * in a page: the `localStorage` of Deno, and of Node from 25 on, is `unavailable`.
 *
 * The last decision is also in IndexedDB, so that tabs that change the secret at the same time agree. For five seconds the
 * decision takes precedence over what other code writes to `localStorage`. It contains a copy of the secret. `clearSecret`
 * removes the copy. A `getOrCreateSecret` after those five seconds removes it, too.
 *
 * If IndexedDB or another tab's lock does not answer:
 * - After 1.5 seconds, `getOrCreateSecret` returns the secret of `localStorage`, if there is one.
 * - Otherwise the call rejects as `unavailable` after five seconds, and has changed nothing.
 * - If IndexedDB was already committing, the call rejects after ten seconds, and `cause.mayHaveChanged` is `true`.
 *
 * The static methods need no variable: they use the store of the scope that they are given.
 *
 * @example
 * const store = new BrowserAuthSecretStore({ appId: 'my-app' })
 * const secret = await store.getOrCreateSecret()
 */
export class BrowserAuthSecretStore implements AuthSecretStore {
  readonly #place: Place

  /**
   * @param options - The app and the user of the secret, if one origin has several secrets. Default: one for the origin.
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the option, if one is wrong.
   */
  constructor(options: BrowserAuthSecretScope = {}) {
    this.#place = placeOf('BrowserAuthSecretStore', options)
  }

  loadSecret(): Promise<string | null> {
    return using(() => read(this.#place))
  }

  async saveSecret(secret: string): Promise<void> {
    const bare = parseAuthSecret(secret)
    await using(() => oneAtATime(this.#place.key, () => change(this.#place, bare)))
  }

  clearSecret(): Promise<void> {
    return using(() => oneAtATime(this.#place.key, () => change(this.#place, null)))
  }

  async compareAndClear(secret: string): Promise<boolean> {
    const bare = parseAuthSecret(secret)
    return using(() => oneAtATime(this.#place.key, () => clearIf(this.#place, bare)))
  }

  getOrCreateSecret(): Promise<string> {
    return using(() => getOrCreateInTime(this.#place))
  }

  /**
   * Calls `listener` after each change by this store's methods in any tab, and after any other change to the storage in
   * another tab.
   *
   * @returns A function that ends the subscription.
   */
  subscribe(listener: SecretListener): () => void {
    const onStorage = ({ key, storageArea }: StorageEvent) => {
      // Without a key, everything was cleared. The storage is read, because another change may have overtaken the event.
      if (storageArea !== localStorage || (key !== null && key !== this.#place.key)) return
      this.loadSecret().then(listener, () => listener(null))
    }
    // Outside of a browser this does nothing. There, the other methods reject.
    globalThis.addEventListener?.('storage', onStorage)
    // WebKit sends a page no event before the page has used the storage.
    this.loadSecret().catch(() => null)
    const remove = listenersOf(this.#place.key).add(listener)
    return () => {
      globalThis.removeEventListener?.('storage', onStorage)
      remove()
    }
  }

  /** Calls `loadSecret()` of the store for this scope. */
  static loadSecret(scope?: BrowserAuthSecretScope): Promise<string | null> {
    return new BrowserAuthSecretStore(scope).loadSecret()
  }

  /** Calls `saveSecret(secret)` of the store for this scope. */
  static saveSecret(secret: string, scope?: BrowserAuthSecretScope): Promise<void> {
    return new BrowserAuthSecretStore(scope).saveSecret(secret)
  }

  /** Calls `clearSecret()` of the store for this scope. */
  static clearSecret(scope?: BrowserAuthSecretScope): Promise<void> {
    return new BrowserAuthSecretStore(scope).clearSecret()
  }

  /** Calls `getOrCreateSecret()` of the store for this scope. */
  static getOrCreateSecret(scope?: BrowserAuthSecretScope): Promise<string> {
    return new BrowserAuthSecretStore(scope).getOrCreateSecret()
  }
}
