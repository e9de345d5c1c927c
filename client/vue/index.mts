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
  secret: ComputedRef<string | null>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
}

/** The recovery phrase of the secret, 24 words; `null` while there is no secret. Anyone who has the phrase is the user. */
export interface UseRecoveryPhraseBackup {
  isLoading: ComputedRef<boolean>
  recoveryPhrase: ComputedRef<string | null>
}

/** A function that backs the secret up. While `isLoading`, it waits for the secret. */
export interface UsePasskeyBackup {
  isLoading: ComputedRef<boolean>
  backupWithPasskey: BackupWithPasskey
}

/** Follows the state from when the component is mounted until the scope ends. On a server it is never mounted. */
function follow(auth: LocalFirstAuth): ShallowRef<LocalFirstAuthState> {
  checkAuth(auth)
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
  // Inside `onMounted`, the component is already mounted, so another `onMounted` would never be called.
  if (component && !component.isMounted) onMounted(start)
  // Outside of a component, for example in a store of the app. A server sets that up for each request, and follows nothing.
  else if (typeof window !== 'undefined') start()
  if (getCurrentScope()) onScopeDispose(() => end?.())
  else if (component) onUnmounted(() => end?.())
  return state
}

/**
 * Returns the device's identity: `{ secret, isLoading, error, login, signOut, retry }`. The first three are read-only refs.
 * On a server, and until the secret is there, `isLoading` is true.
 *
 * Outside of a component it follows the identity at once, until the effect scope ends. Without an effect scope, it follows
 * the identity for ever.
 *
 * @param auth - From `createLocalFirstAuth`. Default: one for `new BrowserAuthSecretStore()`. Its secret is not that of a
 *   store with an `appId`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `auth` was not made by `createLocalFirstAuth`. So do all hooks.
 * @example
 * const { secret, isLoading, error, retry } = useLocalFirstAuth(auth)
 * const userId = computed(() => secret.value && deriveUserId(secret.value))
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

/**
 * Returns the recovery phrase of the device's secret.
 *
 * @param auth - As for `useLocalFirstAuth`.
 * @example
 * const { recoveryPhrase } = useRecoveryPhraseBackup(auth)
 * const words = computed(() => recoveryPhrase.value?.split(' ') ?? [])
 */
export function useRecoveryPhraseBackup(auth: LocalFirstAuth = defaultAuth()): UseRecoveryPhraseBackup {
  const state = follow(auth)
  return {
    isLoading: computed(() => state.value.isLoading),
    recoveryPhrase: computed(() => recoveryPhraseIn(state.value)),
  }
}

/**
 * Returns a function that backs the device's secret up in a passkey.
 *
 * @param passkeys - Where the backup goes.
 * @param auth - As for `useLocalFirstAuth`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `passkeys` has no `backup`.
 * @example
 * const { backupWithPasskey } = usePasskeyBackup(passkeys, auth)
 * const onClick = () => backupWithPasskey('Ada')
 */
export function usePasskeyBackup(
  passkeys: Pick<BrowserPasskeyBackup, 'backup'>,
  auth: LocalFirstAuth = defaultAuth(),
): UsePasskeyBackup {
  const backupWithPasskey = passkeyBackup(passkeys, auth)
  const state = follow(auth)
  return { isLoading: computed(() => state.value.isLoading), backupWithPasskey }
}
