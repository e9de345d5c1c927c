// local-first-identity/testing: helpers to test your own code, under any test runner. Use them only in tests: anyone who has
// read this package can sign as `identities`.

export { type BadProof, type BadProofOptions, badProof, badProofs } from './bad-proof.mts'
export { type Clock, createClock } from './clock.mts'
export { type CraftOptions, craftProof } from './craft.mts'
export { createIdentity, identities, type TestIdentity } from './identities.mts'
export { type ProofOptions, proofFor } from './proof.mts'
