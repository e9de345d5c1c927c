import { del, get, promisifyRequest, set, update } from 'idb-keyval'
import {
  decodeSecret,
  encodeSecret,
  generateAuthSecret,
  parseAuthSecret,
  parseSecret,
  SECRET_BYTES,
} from '../identity/secret.mts'
import { databaseWithin } from './database.mts'
import { PATIENCE_MS } from './deadline.mts'
import { persistQuietly } from './persistence.mts'
import { type AuthSecretScope, keyOf } from './scope.mts'
import { type AuthSecretStore, AuthSecretStoreError, type SecretListener, using } from './secret-store.mts'

/** An encrypted secret, with the key that decrypts it. No script can export the key. */
interface Sealed {
  key: CryptoKey
  iv: Uint8Array<ArrayBuffer>
  ciphertext: ArrayBuffer
}

const database = databaseWithin(PATIENCE_MS)

const AES_GCM = { name: 'AES-GCM', length: 256 } as const

// Each secret gets a new key, so that no initialisation vector can be used twice with one key.
async function seal(secret: Uint8Array<ArrayBuffer>): Promise<Sealed> {
  const key = await crypto.subtle.generateKey(AES_GCM, false, ['encrypt', 'decrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { key, iv, ciphertext: await crypto.subtle.encrypt({ name: AES_GCM.name, iv }, key, secret) }
}

/** Deletes an entry in the transaction that finds it unchanged. The initialisation vector differs for each entry. */
const deleteIf = (key: string, { iv }: Sealed): Promise<boolean> =>
  database('readwrite', async (objects) => {
    let isSame = false
    const request: IDBRequest<Sealed | undefined> = objects.get(key)
    request.onsuccess = () => {
      isSame = request.result?.iv.toString() === iv.toString()
      if (isSame) objects.delete(key)
    }
    await promisifyRequest(objects.transaction)
    return isSame
  })

async function unseal(sealed: Sealed | undefined): Promise<string | null> {
  if (sealed === undefined) return null
  try {
    const { key, iv, ciphertext } = sealed
    const secret = new Uint8Array(await crypto.subtle.decrypt({ name: AES_GCM.name, iv }, key, ciphertext))
    if (secret.length === SECRET_BYTES) return encodeSecret(secret)
  } catch {
    // Reported below: a value that cannot be decrypted is as damaged as one that is not a secret.
  }
  throw new AuthSecretStoreError('damaged')
}

/**
 * Keeps a secret in IndexedDB, encrypted under a key that no script can export (AES-256-GCM, Web Crypto). Works in workers,
 * too. Lasts until the site's data is cleared. Needs HTTPS or localhost.
 *
 * It protects only from tools that read or copy storage as text. A script of the origin can still have the secret
 * decrypted, and the browser keeps the key in the same profile.
 *
 * @example
 * const store = new IndexedDBAuthSecretStore({ appId: 'my-app' })
 * const secret = await store.getOrCreateSecret()
 */
export class IndexedDBAuthSecretStore implements AuthSecretStore {
  readonly #key: string

  /**
   * @param options - The app and the user of the secret, if one origin has several secrets. Default: one for the origin.
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the option, if one is wrong.
   */
  constructor(options: AuthSecretScope = {}) {
    this.#key = keyOf('IndexedDBAuthSecretStore', options)
  }

  loadSecret(): Promise<string | null> {
    return using(async () => unseal(await get(this.#key, database)))
  }

  async saveSecret(secret: string): Promise<void> {
    const bytes = parseSecret(secret)
    await using(async () => set(this.#key, await seal(bytes), database))
    void persistQuietly()
    this.#announce()
  }

  async clearSecret(): Promise<void> {
    await using(() => del(this.#key, database))
    this.#announce()
  }

  async compareAndClear(secret: string): Promise<boolean> {
    const bare = parseAuthSecret(secret)
    const sealed = await using(() => get<Sealed>(this.#key, database))
    if (!sealed || (await using(() => unseal(sealed))) !== bare) return false
    const isCleared = await using(() => deleteIf(this.#key, sealed))
    if (isCleared) this.#announce()
    return isCleared
  }

  async getOrCreateSecret(): Promise<string> {
    const found = await this.loadSecret()
    if (found !== null) return found
    const secret = generateAuthSecret()
    // One transaction reads and writes, so that tabs that create at the same time all get the first one's secret.
    const kept = await using(async () => {
      const own = await seal(decodeSecret(secret) ?? new Uint8Array())
      let winner = own
      await update<Sealed>(this.#key, (other) => (winner = other ?? own), database)
      return winner === own ? secret : unseal(winner)
    })
    if (kept !== secret) return kept ?? secret
    void persistQuietly()
    this.#announce()
    return secret
  }

  /**
   * Calls `listener` after each change by the methods of any store of this class and scope in the origin.
   *
   * @returns A function that ends the subscription.
   */
  subscribe(listener: SecretListener): () => void {
    if (!globalThis.BroadcastChannel) return () => {}
    const channel = new BroadcastChannel(this.#key)
    let latest = 0
    channel.onmessage = async () => {
      const heard = ++latest
      const secret = await this.loadSecret().catch(() => null)
      // Decrypting takes time, and the result of an earlier message must not undo that of a later one.
      if (heard === latest) listener(secret)
    }
    return () => channel.close()
  }

  /** Announces a change, without the secret, because any script of the origin can read the message. */
  #announce(): void {
    if (!globalThis.BroadcastChannel) return
    const channel = new BroadcastChannel(this.#key)
    channel.postMessage('changed')
    channel.close()
  }
}
