// local-first-identity/client/react: the device's identity and its backups as hooks.

'use client'

import { useMemo, useSyncExternalStore } from 'react'

import { LOADING, type LocalFirstAuth, type LocalFirstAuthState } from '../auth/auth.mts'
import { actionsOf, checkAuth, defaultAuth, type LocalFirstAuthActions } from '../auth/hook.mts'
import {
  type BackupWithPasskey,
  passkeyBackup,
  passkeyRestore,
  type RestoreFromPasskey,
  type RestoreFromRecoveryPhrase,
  recoveryPhraseIn,
  recoveryPhraseRestore,
} from '../backup/backup-flow.mts'
import type { BrowserPasskeyBackup } from '../backup/passkey-backup.mts'

export type { BackupWithPasskey, LocalFirstAuthActions, RestoreFromPasskey, RestoreFromRecoveryPhrase }

/** The result of `useLocalFirstAuth`: the state, and the actions that change it. */
export type UseLocalFirstAuth = LocalFirstAuthState & LocalFirstAuthActions

/** The recovery phrase of the secret, 24 words; `null` while there is no secret. Anyone who has the phrase is the user. */
export interface UseRecoveryPhraseBackup {
  isLoading: boolean
  recoveryPhrase: string | null
}

/** A function that backs the secret up. While `isLoading`, it waits for the secret. */
export interface UsePasskeyBackup {
  isLoading: boolean
  backupWithPasskey: BackupWithPasskey
}

function useAuthState(auth: LocalFirstAuth): LocalFirstAuthState {
  checkAuth(auth)
  return useSyncExternalStore(auth.subscribe, auth.getState, () => LOADING)
}

/**
 * Returns the device's identity: `{ secret, isLoading, error, login, signOut, retry }`. On a server, and until the secret is
 * there, `isLoading` is true.
 *
 * @param auth - From `createLocalFirstAuth`; the same at each rendering. Default: one for `new BrowserAuthSecretStore()`. Its
 *   secret is not that of a store with an `appId`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `auth` was not made by `createLocalFirstAuth`. So do all hooks.
 * @example
 * const { secret, isLoading, error, retry } = useLocalFirstAuth(auth)
 * if (error) return <button onClick={retry}>{error.message} Try again</button>
 */
export function useLocalFirstAuth(auth: LocalFirstAuth = defaultAuth()): UseLocalFirstAuth {
  return { ...useAuthState(auth), ...actionsOf(auth) }
}

/**
 * Returns the recovery phrase of the device's secret.
 *
 * @param auth - As for `useLocalFirstAuth`.
 * @example
 * const { recoveryPhrase } = useRecoveryPhraseBackup(auth)
 * return <p>{recoveryPhrase ?? 'One moment …'}</p>
 */
export function useRecoveryPhraseBackup(auth: LocalFirstAuth = defaultAuth()): UseRecoveryPhraseBackup {
  const state = useAuthState(auth)
  return { isLoading: state.isLoading, recoveryPhrase: useMemo(() => recoveryPhraseIn(state), [state]) }
}

/**
 * Returns a function that takes the identity of a recovery phrase.
 *
 * @param auth - As for `useLocalFirstAuth`.
 * @example
 * const restoreFromPhrase = useRecoveryPhraseRestore(auth)
 * return <button onClick={() => restoreFromPhrase(typed)}>Restore</button>
 */
export function useRecoveryPhraseRestore(auth: LocalFirstAuth = defaultAuth()): RestoreFromRecoveryPhrase {
  return useMemo(() => recoveryPhraseRestore(auth), [auth])
}

/**
 * Returns a function that backs the device's secret up in a passkey.
 *
 * @param passkeys - Where the backup goes; the same at each rendering.
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
  const { isLoading } = useAuthState(auth)
  return { isLoading, backupWithPasskey: useMemo(() => passkeyBackup(passkeys, auth), [passkeys, auth]) }
}

/**
 * Returns a function that restores the identity of a passkey.
 *
 * @param passkeys - Where the backup is; the same at each rendering.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `passkeys` has no `restore`.
 * @example
 * const restoreFromPasskey = usePasskeyRestore(passkeys, auth)
 * return <button onClick={restoreFromPasskey}>Restore</button>
 */
export function usePasskeyRestore(
  passkeys: Pick<BrowserPasskeyBackup, 'restore'>,
  auth: LocalFirstAuth = defaultAuth(),
): RestoreFromPasskey {
  return useMemo(() => passkeyRestore(passkeys, auth), [passkeys, auth])
}
