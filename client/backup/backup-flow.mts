// What the backup hooks of every framework do: here is all of it but how a framework is told of changes.

import { checkFunction } from '../../common/options.mts'
import type { LocalFirstAuth, LocalFirstAuthState } from '../auth/auth.mts'
import { defaultAuth } from '../auth/hook.mts'
import type { BrowserPasskeyBackup, PasskeyBackupForm } from './passkey-backup.mts'
import { RecoveryPhrase } from './recovery-phrase.mts'

/**
 * Makes a passkey that has the secret, once that is there; call it in a handler of the person's click.
 *
 * @param displayName - What the person knows this passkey by, when they choose one: their name in the app, say.
 * @returns How the passkey has it.
 * @throws PasskeyBackupError if there is no backup afterwards.
 * @throws The `error` of the identity, if that is why there is no secret to back up.
 * @throws TypeError if `displayName` is not a string of at least one character.
 */
export type BackupWithPasskey = (displayName: string) => Promise<PasskeyBackupForm>

/**
 * Has the person choose a passkey, and takes its identity **in place of the device's own**; call it in a handler of their
 * click.
 *
 * @throws PasskeyBackupError if the passkey gave no secret: the device's identity is as it was.
 * @throws AuthSecretStoreError if the secret cannot be kept.
 */
export type RestoreFromPasskey = () => Promise<void>

/**
 * Takes the identity of a recovery phrase **in place of the device's own**.
 *
 * @param typed - What the person typed or pasted, as `RecoveryPhrase.toSecret` reads it.
 * @throws RecoveryPhraseError if it is not the phrase of a secret: the device's identity is as it was.
 * @throws AuthSecretStoreError if the secret cannot be kept.
 */
export type RestoreFromRecoveryPhrase = (typed: string) => Promise<void>

/** The 24 words of the secret; `null` while there is none. */
export const recoveryPhraseIn = ({ secret }: LocalFirstAuthState): string | null =>
  secret === null ? null : RecoveryPhrase.fromSecret(secret)

/** The secret, once it is there. Rejects with the error that kept it from being there. */
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

/** @throws TypeError if `passkeys` cannot back up. */
export function passkeyBackup(passkeys: Pick<BrowserPasskeyBackup, 'backup'>, auth: LocalFirstAuth): BackupWithPasskey {
  // Before the first person clicks.
  checkFunction('usePasskeyBackup', 'passkeys.backup', passkeys?.backup)
  return async (displayName) => passkeys.backup(await secretOf(auth), displayName)
}

/**
 * @param passkeys - Where the backup is.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError if `passkeys` is none.
 */
export function passkeyRestore(
  passkeys: Pick<BrowserPasskeyBackup, 'restore'>,
  auth: LocalFirstAuth = defaultAuth(),
): RestoreFromPasskey {
  checkFunction('usePasskeyRestore', 'passkeys.restore', passkeys?.restore)
  return async () => auth.login(await passkeys.restore())
}

/** @param auth - As for `useLocalFirstAuth`. */
export function recoveryPhraseRestore(auth: LocalFirstAuth = defaultAuth()): RestoreFromRecoveryPhrase {
  return async (typed) => auth.login(RecoveryPhrase.toSecret(typed))
}
