// local-first-identity/client/svelte: the device's identity and its backups, for components with runes.

import { createSubscriber } from 'svelte/reactivity'

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

/** What `useLocalFirstAuth` gives: the state, and what changes it. Taken apart, the state stays what it was then. */
export interface UseLocalFirstAuth extends LocalFirstAuthActions {
  readonly secret: string | null
  readonly isLoading: boolean
  readonly error: Error | null
}

/** The phrase of the secret that is there, 24 words; `null` while there is none. Anyone who has it is the user. */
export interface UseRecoveryPhraseBackup {
  readonly isLoading: boolean
  readonly recoveryPhrase: string | null
}

/** What backs the secret up; it waits for the secret while `isLoading`. */
export interface UsePasskeyBackup {
  readonly isLoading: boolean
  backupWithPasskey: BackupWithPasskey
}

/** Gives what reads the state, and has it followed by the effects that read it. On a server there are none. */
function follow(auth: LocalFirstAuth): () => LocalFirstAuthState {
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
    // What nobody follows may not be true any more, and is not a server's to show.
    return isFollowed ? auth.getState() : LOADING
  }
}

/**
 * The device's identity: `{ secret, isLoading, error, login, signOut, retry }`. The first three are getters: read where a
 * template, `$derived` or `$effect` reads them, they follow the identity. On a server, until the secret is there, and where
 * nothing follows it, `isLoading` is true.
 *
 * @param auth - From `createLocalFirstAuth`. Default: one for `new BrowserAuthSecretStore()`, whose secret is another than
 *   that of a store with an `appId`.
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

/** @param auth - As for `useLocalFirstAuth`. */
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
 * @param passkeys - Where the backup goes.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError if `passkeys` is none.
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
