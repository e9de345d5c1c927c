import { deriveUserId, generateAuthSecret } from 'local-first-identity'

/** An identity for tests. */
export interface TestIdentity {
  /** The secret that signs for this identity: 43 characters of base64url (32 bytes). */
  readonly secret: string
  /** The user ID that belongs to the secret: a UUID, lower case, hyphenated, 36 characters. */
  readonly userId: string
}

/**
 * People who are the same in every run. Their secrets are public, and start with `TEST-ONLY-`. Anyone who reads this can
 * sign as them, so none of them may have an account in production.
 */
export const identities = Object.freeze({
  alice: Object.freeze({
    secret: 'TEST-ONLY-alice-000000000000000000000000000',
    userId: '609adc85-f77d-5ecd-ac8c-418fd0468d5c',
  }),
  bob: Object.freeze({
    secret: 'TEST-ONLY-bob-00000000000000000000000000000',
    userId: '4eb8f6f5-6da6-5a4c-9444-1a9ae2d1289a',
  }),
  carol: Object.freeze({
    secret: 'TEST-ONLY-carol-000000000000000000000000000',
    userId: '8ae4dfb9-bc67-5061-83bc-da659cf800cd',
  }),
  mallory: Object.freeze({
    secret: 'TEST-ONLY-mallory-0000000000000000000000000',
    userId: '09ed8049-55cb-556d-ade8-7799c87ac91a',
  }),
} as const satisfies Record<string, TestIdentity>)

/**
 * Makes a new identity. Use it for a database that outlives a test, in which `identities` already have accounts.
 *
 * @returns A frozen object with another identity each time.
 * @example
 * const identity = createIdentity()
 * const token = proofFor('my-app-signup', { identity })
 */
export function createIdentity(): TestIdentity {
  const secret = generateAuthSecret()
  return Object.freeze({ secret, userId: deriveUserId(secret) })
}
