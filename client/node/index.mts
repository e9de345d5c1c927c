// local-first-identity/client/node: for a program that is a device, such as a command line.

export { FileAuthSecretStore } from './file-store.mts'
