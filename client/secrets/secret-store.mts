// Where a device keeps its secret: what every store does, and what goes wrong with one.

import { CodedError } from '../../common/coded-error.mts'
import { decodeSecret } from '../identity/secret.mts'

/** Told of every change: the secret that is there now, or `null` if there is none any more. */
export type SecretListener = (secret: string | null) => void

/**
 * Keeps one secret on a device. Every secret is 43 characters of base64url without padding (32 bytes).
 *
 * Methods reject with an `AuthSecretStoreError` if the storage fails, or holds something that is no secret: a new secret
 * never takes the place of one that cannot be read.
 */
export interface AuthSecretStore {
  /** The secret that is there; `null` if there is none. */
  loadSecret(): Promise<string | null>
  /**
   * Keeps a secret in place of the one that was there, **which is lost** unless it was backed up.
   *
   * @throws TypeError if it is no secret.
   */
  saveSecret(secret: string): Promise<void>
  /** Forgets the secret, **which is lost** unless it was backed up. */
  clearSecret(): Promise<void>
  /**
   * Forgets the secret if it is this one. `false` if another one is there by now, which stays. Optional: without it a tab can
   * clear what another tab has saved in the same instant.
   */
  compareAndClear?(secret: string): Promise<boolean>
  /** The secret that is there; if there is none, a new one, which is kept. Whoever asks at the same time gets the same. */
  getOrCreateSecret(): Promise<string>
  /**
   * Calls `listener` after each change, made here or elsewhere as far as the store can tell.
   *
   * @returns What ends that.
   */
  subscribe?(listener: SecretListener): () => void
}

/**
 * Why a secret could not be read or kept. Nothing was changed, with the one exception below:
 * - `unavailable`: the storage is blocked, full or missing, or did not answer within five seconds; `cause` has the reason.
 *   Offer `retry()`. If `cause.mayHaveChanged` is `true`, IndexedDB may have made the change
 * - `damaged`: the storage holds something that is not a secret; `saveSecret` and `clearSecret` replace it, and lose it
 * - `exposed`: another user owns the file or can read it; it must be yours, with mode 0600. This holds for root, too
 */
export type AuthSecretStoreErrorCode = 'unavailable' | 'damaged' | 'exposed'

const MESSAGES: Readonly<Record<AuthSecretStoreErrorCode, string>> = {
  unavailable: 'The storage of the secret cannot be used.',
  damaged: 'What is stored is no secret. Save one, or clear it.',
  exposed: 'Another user owns the file of the secret, or may read it. It must be yours, with mode 0600.',
}

/** A secret could not be read or kept. Its message never has the secret. */
export class AuthSecretStoreError extends CodedError<AuthSecretStoreErrorCode> {
  override readonly name = 'AuthSecretStoreError'

  constructor(code: AuthSecretStoreErrorCode, options?: ErrorOptions) {
    super(code, MESSAGES[code], options)
  }
}

/** Takes what a storage gives for a secret, or for none. */
export function secretIn(stored: unknown): string | null {
  if (stored === null || stored === undefined) return null
  if (typeof stored !== 'string' || !decodeSecret(stored)) throw new AuthSecretStoreError('damaged')
  return stored
}

/** Runs what uses a storage; what that throws is its failure. */
export async function using<T>(storage: () => T | Promise<T>): Promise<T> {
  try {
    return await storage()
  } catch (cause) {
    throw cause instanceof AuthSecretStoreError ? cause : new AuthSecretStoreError('unavailable', { cause })
  }
}

/** Who wants to hear of changes. */
export class SecretListeners {
  readonly #listeners = new Set<SecretListener>()

  add(listener: SecretListener): () => void {
    // Who subscribes twice hears twice, and ends each on its own.
    const own: SecretListener = (secret) => listener(secret)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** What a listener throws is its own, and must neither fail the change nor keep it from the others. */
  notify(secret: string | null): void {
    for (const listener of this.#listeners) queueMicrotask(() => listener(secret))
  }
}
