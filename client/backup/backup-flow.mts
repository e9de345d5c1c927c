// The backup hooks of all frameworks. Each framework adds only how it follows changes.

import { checkFunction } from '../../common/options.mts'
import type { LocalFirstAuth, LocalFirstAuthState } from '../auth/auth.mts'
import { checkAuth, defaultAuth } from '../auth/hook.mts'
import type { BrowserPasskeyBackup, PasskeyBackupForm } from './passkey-backup.mts'
import { RecoveryPhrase } from './recovery-phrase.mts'

/**
 * Backs the secret up in a new passkey. Waits until there is a secret. Call it in a click handler.
 *
 * @param displayName - The name that the person sees when they choose a passkey, for example their name in the app.
 * @returns How the passkey keeps the secret.
 * @throws PasskeyBackupError if there is no backup afterwards.
 * @throws The `error` of the identity, if that is why there is no secret to back up.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `displayName` is not a string of at least one character.
 */
export type BackupWithPasskey = (displayName: string) => Promise<PasskeyBackupForm>

/**
 * Asks the person for a passkey, and takes its identity **in place of the device's own**. Call it in a click handler.
 *
 * @throws PasskeyBackupError if the passkey gave no secret. The device's identity is then unchanged.
 * @throws AuthSecretStoreError if the secret cannot be kept.
 */
export type RestoreFromPasskey = () => Promise<void>

/**
 * Takes the identity of a recovery phrase **in place of the device's own**.
 *
 * @param typed - What the person typed or pasted, in any form that `RecoveryPhrase.toSecret` reads.
 * @throws RecoveryPhraseError if it is not the phrase of a secret. The device's identity is then unchanged.
 * @throws AuthSecretStoreError if the secret cannot be kept.
 */
export type RestoreFromRecoveryPhrase = (typed: string) => Promise<void>

/** Returns the 24 words of the secret; `null` while there is none. */
export const recoveryPhraseIn = ({ secret }: LocalFirstAuthState): string | null =>
  secret === null ? null : RecoveryPhrase.fromSecret(secret)

/** Waits for the secret. Rejects with the error that prevented it. */
function secretOf(auth: LocalFirstAuth): Promise<string> {
  return new Promise((resolve, reject) => {
    const end = auth.subscribe(look)
    look()
    function look(): void {
      const { secret, isLoading, error } = auth.getState()
      if (isLoading) return
      if (error) reject(error)
      else resolve(secret)
      end()
    }
  })
}

/** @throws TypeError if `passkeys` cannot back up, or `auth` is wrong. */
export function passkeyBackup(passkeys: Pick<BrowserPasskeyBackup, 'backup'>, auth: LocalFirstAuth): BackupWithPasskey {
  // Checked here, so that a mistake shows before the first person clicks.
  checkFunction('usePasskeyBackup', 'passkeys.backup', passkeys?.backup)
  checkAuth(auth)
  return async (displayName) => passkeys.backup(await secretOf(auth), displayName)
}

/**
 * Returns a function that restores the identity of a passkey.
 *
 * @param passkeys - Where the backup is.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `passkeys` has no `restore`.
 * @example
 * const restoreFromPasskey = usePasskeyRestore(passkeys, auth)
 * button.addEventListener('click', () => restoreFromPasskey())
 */
export function passkeyRestore(
  passkeys: Pick<BrowserPasskeyBackup, 'restore'>,
  auth: LocalFirstAuth = defaultAuth(),
): RestoreFromPasskey {
  checkFunction('usePasskeyRestore', 'passkeys.restore', passkeys?.restore)
  checkAuth(auth)
  return async () => auth.login(await passkeys.restore())
}

/**
 * Returns a function that takes the identity of a recovery phrase.
 *
 * @param auth - As for `useLocalFirstAuth`.
 * @example
 * const restoreFromPhrase = useRecoveryPhraseRestore(auth)
 * button.addEventListener('click', () => restoreFromPhrase(textarea.value))
 */
export function recoveryPhraseRestore(auth: LocalFirstAuth = defaultAuth()): RestoreFromRecoveryPhrase {
  checkAuth(auth)
  return async (typed) => auth.login(RecoveryPhrase.toSecret(typed))
}
