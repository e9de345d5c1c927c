// Passwords, as Argon2id hashes. The library's defaults are those of RFC 9106 §4 for 64 MiB, above OWASP's minimum.

import { randomBytes } from 'node:crypto'

import { hash, verify } from 'argon2'

export const hashPassword = (password: string): Promise<string> => hash(password)

const nobodysHash = await hash(randomBytes(32))

/** Takes as long if there is no user. Otherwise the time would show who has an account. */
export const isPasswordOf = (user: { passwordHash: string } | undefined, password: string): Promise<boolean> =>
  verify(user?.passwordHash ?? nobodysHash, password)
