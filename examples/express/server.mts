// The app.

import express from 'express'

import { accounts } from './accounts.mts'
import { answerError, notFound } from './errors.mts'
import { notes } from './notes.mts'
import { provider } from './tokens.mts'

export const app = express()
  .disable('x-powered-by')
  .use(accounts)
  .use(notes)
  // For other servers that verify this app's JWTs, such as your sync server.
  .get('/.well-known/jwks.json', (_req, res) => {
    res.json(provider.jwks)
  })
  .use(notFound)
  .use(answerError)
