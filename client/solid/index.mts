// local-first-identity/client/solid: the device's identity and its backups as primitives.

import { type Accessor, createMemo, createSignal, onCleanup, onMount } from 'solid-js'

import { LOADING, type LocalFirstAuth, type LocalFirstAuthState } from '../auth/auth.mts'
import { actionsOf, checkAuth, defaultAuth, type LocalFirstAuthActions } from '../auth/hook.mts'
import { type BackupWithPasskey, passkeyBackup, recoveryPhraseIn } from '../backup/backup-flow.mts'
import type { BrowserPasskeyBackup } from '../backup/passkey-backup.mts'

export {
  passkeyRestore as usePasskeyRestore,
  type RestoreFromPasskey,
  type RestoreFromRecoveryPhrase,
  recoveryPhraseRestore as useRecoveryPhraseRestore,
} from '../backup/backup-flow.mts'
export type { BackupWithPasskey, LocalFirstAuthActions }

/** The result of `useLocalFirstAuth`: the state, and the actions that change it. */
export interface UseLocalFirstAuth extends LocalFirstAuthActions {
  secret: Accessor<string | null>
  isLoading: Accessor<boolean>
  error: Accessor<Error | null>
}

/** The recovery phrase of the secret, 24 words; `null` while there is no secret. Anyone who has the phrase is the user. */
export interface UseRecoveryPhraseBackup {
  isLoading: Accessor<boolean>
  recoveryPhrase: Accessor<string | null>
}

/** A function that backs the secret up. While `isLoading`, it waits for the secret. */
export interface UsePasskeyBackup {
  isLoading: Accessor<boolean>
  backupWithPasskey: BackupWithPasskey
}

/** Follows the state from when the component is mounted until its owner ends. On a server it is never mounted. */
function follow(auth: LocalFirstAuth): Accessor<LocalFirstAuthState> {
  checkAuth(auth)
  const [state, setState] = createSignal<LocalFirstAuthState>(LOADING)
  onMount(() => {
    const show = () => setState(auth.getState())
    onCleanup(auth.subscribe(show))
    show()
  })
  return state
}

/**
 * Returns the device's identity: `{ secret, isLoading, error, login, signOut, retry }`. The first three are accessors. On a
 * server, and until the secret is there, `isLoading()` is true.
 *
 * @param auth - From `createLocalFirstAuth`. Default: one for `new BrowserAuthSecretStore()`. Its secret is not that of a
 *   store with an `appId`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `auth` was not made by `createLocalFirstAuth`. So do all hooks.
 * @example
 * const { secret, isLoading, error, retry } = useLocalFirstAuth(auth)
 * return <p>{isLoading() ? 'One moment …' : error()?.message}</p>
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

/**
 * Returns the recovery phrase of the device's secret.
 *
 * @param auth - As for `useLocalFirstAuth`.
 * @example
 * const { recoveryPhrase } = useRecoveryPhraseBackup(auth)
 * return <p>{recoveryPhrase() ?? 'One moment …'}</p>
 */
export function useRecoveryPhraseBackup(auth: LocalFirstAuth = defaultAuth()): UseRecoveryPhraseBackup {
  const state = follow(auth)
  return { isLoading: () => state().isLoading, recoveryPhrase: createMemo(() => recoveryPhraseIn(state())) }
}

/**
 * Returns a function that backs the device's secret up in a passkey.
 *
 * @param passkeys - Where the backup goes.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `passkeys` has no `backup`.
 * @example
 * const { backupWithPasskey } = usePasskeyBackup(passkeys, auth)
 * return <button onClick={() => backupWithPasskey('Ada')}>Back up</button>
 */
export function usePasskeyBackup(
  passkeys: Pick<BrowserPasskeyBackup, 'backup'>,
  auth: LocalFirstAuth = defaultAuth(),
): UsePasskeyBackup {
  const backupWithPasskey = passkeyBackup(passkeys, auth)
  const state = follow(auth)
  return { isLoading: () => state().isLoading, backupWithPasskey }
}
