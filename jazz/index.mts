// local-first-identity/jazz: the accounts of Jazz from 2.0.0-alpha.54 on, in browsers and in Node.

export type { Assignment, LinkIntent } from './answer.mts'
export type { Principal } from './principal.mts'
export { type AccountRegistry, type AccountRegistryOptions, createAccountRegistry } from './registry.mts'
export { AccountRegistryError, type AccountRegistryErrorCode } from './registry-error.mts'
