// local-first-identity/client/svelte: the device's identity and its backups, for components with runes.

import { createSubscriber } from 'svelte/reactivity'

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

/**
 * The result of `useLocalFirstAuth`: the state, and the actions that change it. Do not destructure it, or the state stops
 * updating.
 */
export interface UseLocalFirstAuth extends LocalFirstAuthActions {
  readonly secret: string | null
  readonly isLoading: boolean
  readonly error: Error | null
}

/** The recovery phrase of the secret, 24 words; `null` while there is no secret. Anyone who has the phrase is the user. */
export interface UseRecoveryPhraseBackup {
  readonly isLoading: boolean
  readonly recoveryPhrase: string | null
}

/** A function that backs the secret up. While `isLoading`, it waits for the secret. */
export interface UsePasskeyBackup {
  readonly isLoading: boolean
  backupWithPasskey: BackupWithPasskey
}

/** Returns a function that reads the state. An effect that calls it follows the state. On a server there are no effects. */
function follow(auth: LocalFirstAuth): () => LocalFirstAuthState {
  checkAuth(auth)
  let isFollowed = false
  const subscribe = createSubscriber((update) => {
    const end = auth.subscribe(update)
    isFollowed = true
    return () => {
      isFollowed = false
      end()
    }
  })
  return () => {
    subscribe()
    // A state that is not followed may be out of date, and a server must not show it.
    return isFollowed ? auth.getState() : LOADING
  }
}

/**
 * Returns the device's identity: `{ secret, isLoading, error, login, signOut, retry }`. The first three are getters. A
 * template, `$derived` or `$effect` that reads them follows the identity. On a server, until the secret is there, and where
 * nothing follows it, `isLoading` is true.
 *
 * @param auth - From `createLocalFirstAuth`. Default: one for `new BrowserAuthSecretStore()`. Its secret is not that of a
 *   store with an `appId`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `auth` was not made by `createLocalFirstAuth`. So do all hooks.
 * @example
 * const identity = useLocalFirstAuth(auth)
 * const userId = $derived(identity.secret && deriveUserId(identity.secret))
 */
export function useLocalFirstAuth(auth: LocalFirstAuth = defaultAuth()): UseLocalFirstAuth {
  const state = follow(auth)
  return {
    get secret() {
      return state().secret
    },
    get isLoading() {
      return state().isLoading
    },
    get error() {
      return state().error
    },
    ...actionsOf(auth),
  }
}

/**
 * Returns the recovery phrase of the device's secret.
 *
 * @param auth - As for `useLocalFirstAuth`.
 * @example
 * const backup = useRecoveryPhraseBackup(auth)
 * const words = $derived(backup.recoveryPhrase?.split(' ') ?? [])
 */
export function useRecoveryPhraseBackup(auth: LocalFirstAuth = defaultAuth()): UseRecoveryPhraseBackup {
  const state = follow(auth)
  return {
    get isLoading() {
      return state().isLoading
    },
    get recoveryPhrase() {
      return recoveryPhraseIn(state())
    },
  }
}

/**
 * Returns a function that backs the device's secret up in a passkey.
 *
 * @param passkeys - Where the backup goes.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `passkeys` has no `backup`.
 * @example
 * const backup = usePasskeyBackup(passkeys, auth)
 * const onclick = () => backup.backupWithPasskey('Ada')
 */
export function usePasskeyBackup(
  passkeys: Pick<BrowserPasskeyBackup, 'backup'>,
  auth: LocalFirstAuth = defaultAuth(),
): UsePasskeyBackup {
  const state = follow(auth)
  return {
    get isLoading() {
      return state().isLoading
    },
    backupWithPasskey: passkeyBackup(passkeys, auth),
  }
}
