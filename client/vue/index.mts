// local-first-identity/client/vue: the device's identity and its backups as composables.

import {
  type ComputedRef,
  computed,
  getCurrentInstance,
  getCurrentScope,
  onMounted,
  onScopeDispose,
  onUnmounted,
  type ShallowRef,
  shallowRef,
} from 'vue'

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
  secret: ComputedRef<string | null>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
}

/** The phrase of the secret that is there, 24 words; `null` while there is none. Anyone who has it is the user. */
export interface UseRecoveryPhraseBackup {
  isLoading: ComputedRef<boolean>
  recoveryPhrase: ComputedRef<string | null>
}

/** What backs the secret up; it waits for the secret while `isLoading`. */
export interface UsePasskeyBackup {
  isLoading: ComputedRef<boolean>
  backupWithPasskey: BackupWithPasskey
}

/** Follows the state from when the component is mounted, which it never is on a server, until the scope ends. */
function follow(auth: LocalFirstAuth): ShallowRef<LocalFirstAuthState> {
  const state = shallowRef<LocalFirstAuthState>(LOADING)
  let end: (() => void) | undefined
  function start(): void {
    const show = () => {
      state.value = auth.getState()
    }
    end = auth.subscribe(show)
    show()
  }
  const component = getCurrentInstance()
  // Within `onMounted`, that is over, and its hook would never be called.
  if (component && !component.isMounted) onMounted(start)
  // A store of the app, say, which a server sets up for each request.
  else if (typeof window !== 'undefined') start()
  if (getCurrentScope()) onScopeDispose(() => end?.())
  else if (component) onUnmounted(() => end?.())
  return state
}

/**
 * The device's identity: `{ secret, isLoading, error, login, signOut, retry }`, the first three as read-only refs. On a server,
 * and until the secret is there, `isLoading` is true.
 *
 * Outside of a component it follows the identity at once, until the effect scope ends; without one, for ever.
 *
 * @param auth - From `createLocalFirstAuth`. Default: one for `new BrowserAuthSecretStore()`, whose secret is another than
 *   that of a store with an `appId`.
 */
export function useLocalFirstAuth(auth: LocalFirstAuth = defaultAuth()): UseLocalFirstAuth {
  const state = follow(auth)
  return {
    secret: computed(() => state.value.secret),
    isLoading: computed(() => state.value.isLoading),
    error: computed(() => state.value.error),
    ...actionsOf(auth),
  }
}

/** @param auth - As for `useLocalFirstAuth`. */
export function useRecoveryPhraseBackup(auth: LocalFirstAuth = defaultAuth()): UseRecoveryPhraseBackup {
  const state = follow(auth)
  return {
    isLoading: computed(() => state.value.isLoading),
    recoveryPhrase: computed(() => recoveryPhraseIn(state.value)),
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
  const backupWithPasskey = passkeyBackup(passkeys, auth)
  const state = follow(auth)
  return { isLoading: computed(() => state.value.isLoading), backupWithPasskey }
}
