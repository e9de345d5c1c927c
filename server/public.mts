// The types that every framework's entry exports.

export type { RequireAccountOptions } from './guard.mts'
export type { IdentityProofOptions } from './identity-proof.mts'
export type { RefusalCode } from './refusal.mts'
export type { AuthMode, IsUpgraded, Session } from './session.mts'
export type { SessionOptions } from './session-resolver.mts'
