// local-first-identity/client/solid: the device's identity and its backups as primitives.

import { type Accessor, createMemo, createSignal, onCleanup, onMount } from 'solid-js'

import { LOADING, type LocalFirstAuth, type LocalFirstAuthState } from '../auth/auth.mts'
import { actionsOf, defaultAuth, type LocalFirstAuthActions } from '../auth/hook.mts'
import { type BackupWithPasskey, passkeyBackup, recoveryPhraseIn } from '../backup/backup-flow.mts'
import type { BrowserPasskeyBackup } from '../backup/passkey-backup.mts'

export {
  passkeyRestore as usePasskeyRestore,
  type RestoreFromPasskey,
  type RestoreFromRecoveryPhrase,
  recoveryPhraseRestore as useRecoveryPhraseRestore,
} from '../backup/backup-flow.mts'
export type { BackupWithPasskey, LocalFirstAuthActions }

/** What `useLocalFirstAuth` gives: the state, and what changes it. */
export interface UseLocalFirstAuth extends LocalFirstAuthActions {
  secret: Accessor<string | null>
  isLoading: Accessor<boolean>
  error: Accessor<Error | null>
}

/** The phrase of the secret that is there, 24 words; `null` while there is none. Anyone who has it is the user. */
export interface UseRecoveryPhraseBackup {
  isLoading: Accessor<boolean>
  recoveryPhrase: Accessor<string | null>
}

/** What backs the secret up; it waits for the secret while `isLoading`. */
export interface UsePasskeyBackup {
  isLoading: Accessor<boolean>
  backupWithPasskey: BackupWithPasskey
}

/** Follows the state from when the component is mounted, which it never is on a server, until its owner ends. */
function follow(auth: LocalFirstAuth): Accessor<LocalFirstAuthState> {
  const [state, setState] = createSignal<LocalFirstAuthState>(LOADING)
  onMount(() => {
    const show = () => setState(auth.getState())
    onCleanup(auth.subscribe(show))
    show()
  })
  return state
}

/**
 * The device's identity: `{ secret, isLoading, error, login, signOut, retry }`, the first three as accessors. On a server, and
 * until the secret is there, `isLoading()` is true.
 *
 * @param auth - From `createLocalFirstAuth`. Default: one for `new BrowserAuthSecretStore()`, whose secret is another than
 *   that of a store with an `appId`.
 */
export function useLocalFirstAuth(auth: LocalFirstAuth = defaultAuth()): UseLocalFirstAuth {
  const state = follow(auth)
  return {
    secret: () => state().secret,
    isLoading: () => state().isLoading,
    error: () => state().error,
    ...actionsOf(auth),
  }
}

/** @param auth - As for `useLocalFirstAuth`. */
export function useRecoveryPhraseBackup(auth: LocalFirstAuth = defaultAuth()): UseRecoveryPhraseBackup {
  const state = follow(auth)
  return { isLoading: () => state().isLoading, recoveryPhrase: createMemo(() => recoveryPhraseIn(state())) }
}

/**
 * @param passkeys - Where the backup goes.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError if `passkeys` is none.
 */
export function usePasskeyBackup(
  passkeys: Pick<BrowserPasskeyBackup, 'backup'>,
  auth: LocalFirstAuth = defaultAuth(),
): UsePasskeyBackup {
  const backupWithPasskey = passkeyBackup(passkeys, auth)
  const state = follow(auth)
  return { isLoading: () => state().isLoading, backupWithPasskey }
}
