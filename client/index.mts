// local-first-identity/client: the device's half. No native code: browsers, workers, React Native, Node, Bun and Deno.

export { createLocalFirstAuth, type LocalFirstAuth, type LocalFirstAuthState } from './auth.mts'
export { type AuthConfig, resolveAuthConfig } from './auth-config.mts'
export { BrowserAuthSecretStore } from './browser-store.mts'
export { deriveUserId } from './identity.mts'
export { IndexedDBAuthSecretStore } from './indexed-db-store.mts'
export { MemoryAuthSecretStore } from './memory-store.mts'
export { BrowserPasskeyBackup, type BrowserPasskeyBackupOptions, type PasskeyBackupForm } from './passkey-backup.mts'
export { PasskeyBackupError, type PasskeyBackupErrorCode } from './passkey-error.mts'
export { getLocalFirstIdentityProof, type LocalFirstIdentityProofOptions } from './proof.mts'
export { RecoveryPhrase, RecoveryPhraseError, type RecoveryPhraseErrorCode } from './recovery-phrase.mts'
export type { AuthSecretScope } from './scope.mts'
export { generateAuthSecret } from './secret.mts'
export {
  type AuthSecretStore,
  AuthSecretStoreError,
  type AuthSecretStoreErrorCode,
  type SecretListener,
} from './secret-store.mts'
