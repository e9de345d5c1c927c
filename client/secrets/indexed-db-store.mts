import { del, get, promisifyRequest, set, update } from 'idb-keyval'
import { decodeSecret, encodeSecret, generateAuthSecret, parseSecret, SECRET_BYTES } from '../identity/secret.mts'
import { databaseWithin } from './database.mts'
import { PATIENCE_MS } from './deadline.mts'
import { persistQuietly } from './persistence.mts'
import { type AuthSecretScope, keyOf } from './scope.mts'
import { type AuthSecretStore, AuthSecretStoreError, type SecretListener, using } from './secret-store.mts'

/** An encrypted secret, beside the key that opens it and that no script can take out of the browser. */
interface Sealed {
  key: CryptoKey
  iv: Uint8Array<ArrayBuffer>
  ciphertext: ArrayBuffer
}

const database = databaseWithin(PATIENCE_MS)

const AES_GCM = { name: 'AES-GCM', length: 256 } as const

// Each has a key of its own, so that no initialisation vector can come twice under one.
async function seal(secret: Uint8Array<ArrayBuffer>): Promise<Sealed> {
  const key = await crypto.subtle.generateKey(AES_GCM, false, ['encrypt', 'decrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { key, iv, ciphertext: await crypto.subtle.encrypt({ name: AES_GCM.name, iv }, key, secret) }
}

/** Deletes an entry in the transaction that finds it unchanged. Each has an initialization vector of its own. */
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
    // Said below: what does not open is as damaged as what is no secret.
  }
  throw new AuthSecretStoreError('damaged')
}

/**
 * Keeps a secret in IndexedDB, encrypted under a key that no script can export (AES-256-GCM, Web Crypto). Works in workers,
 * too. Lasts until the site's data is cleared. Needs HTTPS or localhost.
 *
 * A script of the origin can still have it decrypted, and the browser keeps the key in the same profile: it keeps the secret
 * out of what reads or copies storage as text, and no more.
 */
export class IndexedDBAuthSecretStore implements AuthSecretStore {
  readonly #key: string

  /**
   * @param options - Whose secret it is, where one origin has several. Default: one for the origin.
   * @throws TypeError naming the option, if one is not as described.
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
    const sealed = await using(() => get<Sealed>(this.#key, database))
    if (!sealed || (await using(() => unseal(sealed))) !== secret) return false
    const isCleared = await using(() => deleteIf(this.#key, sealed))
    if (isCleared) this.#announce()
    return isCleared
  }

  async getOrCreateSecret(): Promise<string> {
    const found = await this.loadSecret()
    if (found !== null) return found
    const secret = generateAuthSecret()
    // One transaction reads and writes: of several tabs that create, the first one's is everybody's.
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

  /** Hears of changes by the methods of any store of this class in the origin. */
  subscribe(listener: SecretListener): () => void {
    if (!globalThis.BroadcastChannel) return () => {}
    const channel = new BroadcastChannel(this.#key)
    let latest = 0
    channel.onmessage = async () => {
      const heard = ++latest
      const secret = await this.loadSecret().catch(() => null)
      // To decrypt takes its time, and what a later message brought must not be undone by an earlier one.
      if (heard === latest) listener(secret)
    }
    return () => channel.close()
  }

  /** Without the secret: a message may be read by any script of the origin. */
  #announce(): void {
    if (!globalThis.BroadcastChannel) return
    const channel = new BroadcastChannel(this.#key)
    channel.postMessage('changed')
    channel.close()
  }
}
