// The interface of every store of a device's secret, and its errors.

import { CodedError } from '../../common/coded-error.mts'
import { decodeSecret, encodeSecret } from '../identity/secret.mts'

/** Called after every change, with the current secret, or `null` if there is none any more. */
export type SecretListener = (secret: string | null) => void

/**
 * Keeps one secret on a device. Every secret is 43 characters of base64url without padding (32 bytes). An argument may have the
 * prefix `jazz-auth-v1:`; results never have it.
 *
 * Methods reject with an `AuthSecretStoreError` if the storage fails, or holds something that is not a secret. A store never
 * replaces a secret that it cannot read with a new one.
 */
export interface AuthSecretStore {
  /** Returns the secret; `null` if there is none. */
  loadSecret(): Promise<string | null>
  /**
   * Keeps a secret in place of the one that was there, **which is lost** unless it was backed up.
   *
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) if it is not a secret.
   */
  saveSecret(secret: string): Promise<void>
  /** Forgets the secret, **which is lost** unless it was backed up. */
  clearSecret(): Promise<void>
  /**
   * Forgets the secret if it is this one, and returns `true`. Returns `false` if another secret is there by now. That one
   * stays. Optional: without it, a tab can clear what another tab has saved in the same instant.
   */
  compareAndClear?(secret: string): Promise<boolean>
  /** Returns the secret. If there is none, makes and keeps a new one. Calls at the same time all get the same one. */
  getOrCreateSecret(): Promise<string>
  /**
   * Calls `listener` after each change, made here or elsewhere, as far as the store can tell.
   *
   * @returns A function that ends the subscription.
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

/**
 * Thrown when a secret cannot be read or kept. The message never has the secret.
 *
 * @example
 * const { error } = auth.getState()
 * if (error instanceof AuthSecretStoreError && error.code === 'unavailable') await auth.retry()
 */
export class AuthSecretStoreError extends CodedError<AuthSecretStoreErrorCode> {
  override readonly name = 'AuthSecretStoreError'

  constructor(code: AuthSecretStoreErrorCode, options?: ErrorOptions) {
    super(code, MESSAGES[code], options)
  }
}

/**
 * Reads a value of a storage. Returns the secret, or `null` if there is none.
 *
 * @throws AuthSecretStoreError (`damaged`) if the value is anything else.
 */
export function secretIn(stored: unknown): string | null {
  if (stored === null || stored === undefined) return null
  const bytes = decodeSecret(stored)
  if (!bytes) throw new AuthSecretStoreError('damaged')
  return encodeSecret(bytes)
}

/**
 * Runs an access to a storage.
 *
 * @throws AuthSecretStoreError (`unavailable`) for any other error, which is its `cause`.
 */
export async function using<T>(storage: () => T | Promise<T>): Promise<T> {
  try {
    return await storage()
  } catch (cause) {
    throw cause instanceof AuthSecretStoreError ? cause : new AuthSecretStoreError('unavailable', { cause })
  }
}

/** The listeners of a store. */
export class SecretListeners {
  readonly #listeners = new Set<SecretListener>()

  add(listener: SecretListener): () => void {
    // A function for each subscription: a listener that subscribes twice is called twice, and each can be ended separately.
    const own: SecretListener = (secret) => listener(secret)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Calls each listener in its own microtask: an error of one must not fail the change or keep it from the others. */
  notify(secret: string | null): void {
    for (const listener of this.#listeners) queueMicrotask(() => listener(secret))
  }
}
