// The rules for what a person types in.

import type { RequestHandler } from 'express'

export interface Credentials {
  email: string
  password: string
}

/** What mail servers accept without extensions (RFC 5321 §4.5.3.1). Only a mail can show whether it arrives. */
const EMAIL = /^[!-?A-~]{1,64}@[!-?A-~]{1,189}$/
/** NIST SP 800-63B-4 §3.1.1.2, for a password as the only factor. */
const MIN_PASSWORD_LENGTH = 15

const membersOf = (body: unknown) => (body ?? {}) as Record<string, unknown>

/** Lets a request pass if its body has an address and a password for a new account. */
export const checkNewCredentials: RequestHandler = (req, res, next) => {
  const { email, password } = membersOf(req.body)
  if (typeof email !== 'string' || !EMAIL.test(email)) {
    res.status(400).json({ error: 'Give an e-mail address, like ada@example.com.', code: 'invalid-email' })
  } else if (typeof password !== 'string' || password.length < MIN_PASSWORD_LENGTH) {
    const error = `Give a password of ${MIN_PASSWORD_LENGTH} characters or more.`
    res.status(400).json({ error, code: 'invalid-password' })
  } else next()
}

/** Lets a request pass if its body has two strings. The rules for new passwords do not apply to older ones. */
export const checkCredentials: RequestHandler = (req, res, next) => {
  const { email, password } = membersOf(req.body)
  if (typeof email === 'string' && typeof password === 'string') next()
  else res.status(400).json({ error: 'Give an e-mail address and a password.', code: 'invalid-credentials' })
}
