// local-first-identity/client/react: the device's identity and its backups as hooks.

'use client'

import { useMemo, useSyncExternalStore } from 'react'

import { LOADING, type LocalFirstAuth, type LocalFirstAuthState } from '../auth/auth.mts'
import { actionsOf, defaultAuth, type LocalFirstAuthActions } from '../auth/hook.mts'
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

/** What `useLocalFirstAuth` gives: the state, and what changes it. */
export type UseLocalFirstAuth = LocalFirstAuthState & LocalFirstAuthActions

/** The phrase of the secret that is there, 24 words; `null` while there is none. Anyone who has it is the user. */
export interface UseRecoveryPhraseBackup {
  isLoading: boolean
  recoveryPhrase: string | null
}

/** What backs the secret up; it waits for the secret while `isLoading`. */
export interface UsePasskeyBackup {
  isLoading: boolean
  backupWithPasskey: BackupWithPasskey
}

const useAuthState = (auth: LocalFirstAuth): LocalFirstAuthState =>
  useSyncExternalStore(auth.subscribe, auth.getState, () => LOADING)

/**
 * The device's identity: `{ secret, isLoading, error, login, signOut, retry }`. On a server, and until the secret is there,
 * `isLoading` is true.
 *
 * @param auth - From `createLocalFirstAuth`, the same at each rendering. Default: one for `new BrowserAuthSecretStore()`,
 *   whose secret is another than that of a store with an `appId`.
 */
export function useLocalFirstAuth(auth: LocalFirstAuth = defaultAuth()): UseLocalFirstAuth {
  return { ...useAuthState(auth), ...actionsOf(auth) }
}

/** @param auth - As for `useLocalFirstAuth`. */
export function useRecoveryPhraseBackup(auth: LocalFirstAuth = defaultAuth()): UseRecoveryPhraseBackup {
  const state = useAuthState(auth)
  return { isLoading: state.isLoading, recoveryPhrase: useMemo(() => recoveryPhraseIn(state), [state]) }
}

/** @param auth - As for `useLocalFirstAuth`. */
export function useRecoveryPhraseRestore(auth: LocalFirstAuth = defaultAuth()): RestoreFromRecoveryPhrase {
  return useMemo(() => recoveryPhraseRestore(auth), [auth])
}

/**
 * @param passkeys - The same at each rendering.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError if `passkeys` is none.
 */
export function usePasskeyBackup(
  passkeys: Pick<BrowserPasskeyBackup, 'backup'>,
  auth: LocalFirstAuth = defaultAuth(),
): UsePasskeyBackup {
  const { isLoading } = useAuthState(auth)
  return { isLoading, backupWithPasskey: useMemo(() => passkeyBackup(passkeys, auth), [passkeys, auth]) }
}

/**
 * @param passkeys - The same at each rendering.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError if `passkeys` is none.
 */
export function usePasskeyRestore(
  passkeys: Pick<BrowserPasskeyBackup, 'restore'>,
  auth: LocalFirstAuth = defaultAuth(),
): RestoreFromPasskey {
  return useMemo(() => passkeyRestore(passkeys, auth), [passkeys, auth])
}
