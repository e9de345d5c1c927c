// local-first-identity/client/node: a device that is a program.

export { FileAuthSecretStore } from './file-store.mts'
