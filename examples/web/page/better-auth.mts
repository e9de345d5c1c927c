// Better Auth's client, which sends a proof with each sign-up.

import { createAuthClient } from 'better-auth/client'
import { jwtClient } from 'better-auth/client/plugins'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'

import { SIGN_UP_AUDIENCE } from '../../better-auth/audiences.mts'
import { mintProof } from './device.mts'

let onProof = (_proof: string): void => {}

/** Calls `listener` with each proof that goes with a sign-up. */
export function watchSignUpProofs(listener: (proof: string) => void): void {
  onProof = listener
}

async function getProof(): Promise<string> {
  const proof = await mintProof(SIGN_UP_AUDIENCE)
  onProof(proof)
  return proof
}

export const client = createAuthClient({ plugins: [localFirstIdentityClient({ getProof }), jwtClient()] })
