// The proofs and tokens that both loads send.

import { generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

export const AUDIENCE = 'my-app-signup'
export const APP_ID = 'my-app'
export const EMAIL = 'someone@example.org'

/** The same token with another signature. */
export function forged(token: string): string {
  const [header, claims, signature = ''] = token.split('.')
  return `${header}.${claims}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`
}

/** A token of an identity that no one has seen before. */
export const freshToken = (audience: string): string => mintLocalFirstToken(generateAuthSecret(), audience, 300)

export const signUpBody = (proofToken: unknown): string => JSON.stringify({ email: EMAIL, proofToken })
