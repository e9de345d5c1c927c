// local-first-identity/client: the device's half of the package. It has no native code, so it runs in browsers, workers,
// React Native, Node, Bun and Deno.

export { createLocalFirstAuth, type LocalFirstAuth, type LocalFirstAuthState } from './auth/auth.mts'
export { type AuthConfig, resolveAuthConfig } from './auth/auth-config.mts'
export {
  type GuestChoice,
  type GuestOutcome,
  type GuestSignIn,
  type SettleGuestOptions,
  settleGuest,
} from './auth/guest.mts'
export { createLocalFirstFetch, type LocalFirstFetchOptions } from './auth/local-first-fetch.mts'
export {
  BrowserPasskeyBackup,
  type BrowserPasskeyBackupOptions,
  type PasskeyBackupForm,
} from './backup/passkey-backup.mts'
export { PasskeyBackupError, type PasskeyBackupErrorCode } from './backup/passkey-error.mts'
export { RecoveryPhraseError, type RecoveryPhraseErrorCode } from './backup/phrase-error.mts'
export { RecoveryPhrase } from './backup/recovery-phrase.mts'
export { deriveUserId } from './identity/identity.mts'
export { jazzAccountId } from './identity/jazz-account.mts'
export { getLocalFirstIdentityProof, type LocalFirstIdentityProofOptions } from './identity/proof.mts'
export { formatAuthSecret, generateAuthSecret, parseAuthSecret } from './identity/secret.mts'
export { getLocalFirstToken, type LocalFirstTokenOptions } from './identity/token.mts'
export { BrowserAuthSecretStore } from './secrets/browser-store.mts'
export { IndexedDBAuthSecretStore } from './secrets/indexed-db-store.mts'
export { MemoryAuthSecretStore } from './secrets/memory-store.mts'
export { requestPersistentStorage, type StoragePersistence } from './secrets/persistence.mts'
export { authSecretStorageKey, type BrowserAuthSecretScope } from './secrets/place.mts'
export type { AuthSecretScope } from './secrets/scope.mts'
export {
  type AuthSecretStore,
  AuthSecretStoreError,
  type AuthSecretStoreErrorCode,
  type SecretListener,
} from './secrets/secret-store.mts'
