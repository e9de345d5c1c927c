import { generateAuthSecret, parseAuthSecret } from '../identity/secret.mts'
import { type AuthSecretStore, type SecretListener, SecretListeners } from './secret-store.mts'

/**
 * Keeps a secret as long as the page or process lives. Use it in tests, or if nothing may be left on the device.
 *
 * @example
 * const store = new MemoryAuthSecretStore()
 * await store.saveSecret(await passkeys.restore())
 */
export class MemoryAuthSecretStore implements AuthSecretStore {
  readonly #listeners = new SecretListeners()
  #secret: string | null = null

  async loadSecret(): Promise<string | null> {
    return this.#secret
  }

  async saveSecret(secret: string): Promise<void> {
    this.#keep(parseAuthSecret(secret))
  }

  async clearSecret(): Promise<void> {
    this.#keep(null)
  }

  async compareAndClear(secret: string): Promise<boolean> {
    if (this.#secret !== parseAuthSecret(secret)) return false
    this.#keep(null)
    return true
  }

  async getOrCreateSecret(): Promise<string> {
    return this.#secret ?? this.#keep(generateAuthSecret())
  }

  subscribe(listener: SecretListener): () => void {
    return this.#listeners.add(listener)
  }

  #keep<T extends string | null>(secret: T): T {
    this.#secret = secret
    this.#listeners.notify(secret)
    return secret
  }
}
