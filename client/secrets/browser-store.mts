import { generateAuthSecret, parseSecret } from '../identity/secret.mts'
import { inTime, PATIENCE_MS, SHORT_PATIENCE_MS, TimeoutError } from './deadline.mts'
import { decide } from './decision.mts'
import { persistQuietly } from './persistence.mts'
import { type AuthSecretScope, keyOf } from './scope.mts'
import { type AuthSecretStore, type SecretListener, SecretListeners, secretIn, using } from './secret-store.mts'

const SHARED = Symbol.for('local-first-identity:listeners')

/** Of this tab, by key: `storage` events tell the other tabs only. A page may have several copies of this module. */
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
 * @throws TimeoutError if another tab does not give the lock back: the change does not run then, nor later.
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
 * The page's own storage. Deno and Node from 25 on have one as well: there, all users of a server would get one identity.
 *
 * @throws Error on a server.
 */
function storage(): Storage {
  const isServers = !globalThis.document && globalThis.Storage && localStorage instanceof Storage
  if (isServers) throw new Error('localStorage is a server’s: whose secret it keeps cannot be told')
  return localStorage
}

const read = (key: string): string | null => secretIn(storage().getItem(key))

function write(key: string, secret: string | null): void {
  if (secret === null) storage().removeItem(key)
  else storage().setItem(key, secret)
}

async function change(key: string, secret: string | null): Promise<void> {
  const before = storage().getItem(key)
  write(key, secret)
  try {
    await decide(key, () => secret, PATIENCE_MS)
  } catch (error) {
    // Other tabs may have decided otherwise, and would undo it in a moment. What one of them has written meanwhile stays.
    const mayStand = error instanceof TimeoutError && error.mayHaveChanged
    if (!mayStand && storage().getItem(key) === secret) write(key, before)
    throw error
  }
  if (secret !== null) void persistQuietly()
  listenersOf(key).notify(secret)
}

/** Forgets a secret if it is still the one that is there, by what the tabs have decided. */
async function clearIf(key: string, expected: string): Promise<boolean> {
  if (read(key) !== expected) return false
  let isThere = true
  const choose = (recent: string | null | undefined) => {
    isThere = recent === undefined || recent === expected
    return isThere ? null : undefined
  }
  await decide(key, choose, PATIENCE_MS)
  if (!isThere) return false
  write(key, null)
  listenersOf(key).notify(null)
  return true
}

/** The secret that is there by what was decided last, and a new one if there is none. */
async function getOrCreate(key: string): Promise<string> {
  const shown = read(key)
  let secret = ''
  let isNew = false
  const choose = (recent: string | null | undefined) => {
    const found = recent === undefined ? shown : recent
    isNew = found === null
    secret = found ?? generateAuthSecret()
    return isNew ? secret : undefined
  }
  await decide(key, choose, shown === null ? PATIENCE_MS : SHORT_PATIENCE_MS)
  if (secret !== shown) write(key, secret)
  if (!isNew) return secret
  void persistQuietly()
  listenersOf(key).notify(secret)
  return secret
}

/**
 * As tabs agree on it; where the browser does not answer, what `localStorage` has. That is not looked at before: Firefox would
 * show a page for a while what it has seen.
 */
async function getOrCreateInTime(key: string): Promise<string> {
  const attempt = (milliseconds: number) => oneAtATime(key, () => getOrCreate(key), milliseconds)
  try {
    return await attempt(SHORT_PATIENCE_MS)
  } catch (error) {
    const shown = error instanceof TimeoutError ? read(key) : null
    if (shown !== null) return shown
    if (error instanceof TimeoutError && error.service === LOCK) return attempt(PATIENCE_MS - SHORT_PATIENCE_MS)
    throw error
  }
}

/**
 * Keeps a secret in `localStorage`, as text, under the key that Jazz's own client uses. Lasts until the site's data is
 * cleared. Any script of the origin can read it, and so can anyone who can read the browser's profile. In a page alone: the
 * `localStorage` that Deno, and Node from 25 on, have is `unavailable`.
 *
 * What was decided last is in IndexedDB, too, so that tabs that change it at the same time agree. For five seconds that counts
 * more than what other code does to `localStorage`; the copy goes when a secret is asked for after that, or with `clearSecret`.
 *
 * Where IndexedDB or another tab's lock does not answer, `getOrCreateSecret` gives what `localStorage` has after 1.5 seconds.
 * Otherwise the call fails as `unavailable` after five seconds, and has changed nothing. If IndexedDB was already committing, it
 * fails after ten, and `cause.mayHaveChanged` is `true`.
 *
 * The static methods are for the store of a scope that is not kept in a variable.
 */
export class BrowserAuthSecretStore implements AuthSecretStore {
  readonly #key: string

  /**
   * @param options - Whose secret it is, where one origin has several. Default: one for the origin.
   * @throws TypeError naming the option, if one is not as described.
   */
  constructor(options: AuthSecretScope = {}) {
    this.#key = keyOf('BrowserAuthSecretStore', options)
  }

  loadSecret(): Promise<string | null> {
    return using(() => read(this.#key))
  }

  async saveSecret(secret: string): Promise<void> {
    parseSecret(secret)
    await using(() => oneAtATime(this.#key, () => change(this.#key, secret)))
  }

  clearSecret(): Promise<void> {
    return using(() => oneAtATime(this.#key, () => change(this.#key, null)))
  }

  compareAndClear(secret: string): Promise<boolean> {
    return using(() => oneAtATime(this.#key, () => clearIf(this.#key, secret)))
  }

  getOrCreateSecret(): Promise<string> {
    return using(() => getOrCreateInTime(this.#key))
  }

  /** Hears of changes by this store's methods in any tab, and of any other change to the storage in other tabs. */
  subscribe(listener: SecretListener): () => void {
    const onStorage = ({ key, storageArea }: StorageEvent) => {
      // Without a key, everything was cleared. Read anew: another change may have overtaken the event.
      if (storageArea !== localStorage || (key !== null && key !== this.#key)) return
      this.loadSecret().then(listener, () => listener(null))
    }
    // Where there is no browser, what fails is to load: that is the place to say so.
    globalThis.addEventListener?.('storage', onStorage)
    // WebKit tells a page of nothing before it has used the storage.
    this.loadSecret().catch(() => null)
    const remove = listenersOf(this.#key).add(listener)
    return () => {
      globalThis.removeEventListener?.('storage', onStorage)
      remove()
    }
  }

  /** As the method, for the store of this scope. */
  static loadSecret(scope?: AuthSecretScope): Promise<string | null> {
    return new BrowserAuthSecretStore(scope).loadSecret()
  }

  /** As the method, for the store of this scope. */
  static saveSecret(secret: string, scope?: AuthSecretScope): Promise<void> {
    return new BrowserAuthSecretStore(scope).saveSecret(secret)
  }

  /** As the method, for the store of this scope. */
  static clearSecret(scope?: AuthSecretScope): Promise<void> {
    return new BrowserAuthSecretStore(scope).clearSecret()
  }

  /** As the method, for the store of this scope. */
  static getOrCreateSecret(scope?: AuthSecretScope): Promise<string> {
    return new BrowserAuthSecretStore(scope).getOrCreateSecret()
  }
}
