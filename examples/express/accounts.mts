// Signing up with a proof of the device's identity, and signing in: the part to copy.

import express, { type RequestHandler, Router } from 'express'
import { rateLimit } from 'express-rate-limit'
import type { VerifiedProof } from 'local-first-identity'
import { identityProof } from 'local-first-identity/express'
import { oneTimeProof, sqliteStore } from 'local-first-identity/stores'

import { SIGN_UP_AUDIENCE } from './audiences.mts'
import { type Credentials, checkCredentials, checkNewCredentials } from './credentials.mts'
import { database } from './database.mts'
import { hashPassword, isPasswordOf } from './passwords.mts'
import { rateLimit as limit } from './settings.mts'
import { issueToken } from './tokens.mts'
import { createUser, findUser, takenOf } from './users.mts'

const limited = (): RequestHandler =>
  rateLimit({
    windowMs: 15 * 60_000,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    message: { error: 'That was too often. Try again later.', code: 'too-many-requests' },
  })

// Only a person with the identity's secret learns that it has an account. But any stranger learns that an address has one,
// by trying to sign up with it: a proof of some identity costs nothing. The rate limit slows them down. If no one may know
// who your users are, send the same response in both cases, and a mail that says what happened.
const TAKEN = {
  'identity-taken': 'This identity has an account: sign in to it.',
  'email-taken': 'This e-mail address has an account: sign in to it.',
}

const signUp: RequestHandler = async (req, res) => {
  const { email, password } = req.body as Credentials
  const { id: jazzId } = req.identityProof as VerifiedProof
  // Checked twice: here to save the hash, and in `createUser` because of sign-ups in the meantime.
  const taken = takenOf({ jazzId, email }) ?? createUser({ jazzId, email, passwordHash: await hashPassword(password) })
  if (taken) res.status(409).json({ error: TAKEN[taken], code: taken })
  else res.status(201).json({ token: await issueToken(jazzId) })
}

const signIn: RequestHandler = async (req, res) => {
  const { email, password } = req.body as Credentials
  const user = findUser(email)
  const right = await isPasswordOf(user, password)
  if (user && right) res.json({ token: await issueToken(user.jazzId) })
  else res.status(401).json({ error: 'The e-mail address or the password is wrong.', code: 'wrong-credentials' })
}

const readBody = express.json({ limit: '16kb' })
const takeProof = identityProof({ audience: SIGN_UP_AUDIENCE, useProof: oneTimeProof(sqliteStore(database)) })

/**
 * The order matters:
 * - First the rate limit, so that too many requests cost nothing.
 * - The form before the proof, so that a mistyped form does not use the proof up.
 * - The proof before the rest. A password is hashed, and the users are read, only for a person who has proved an identity.
 */
export const accounts = Router()
  .post('/signup', limited(), readBody, checkNewCredentials, takeProof, signUp)
  .post('/signin', limited(), readBody, checkCredentials, signIn)
