// The app's data: a board that every guest and account may read. A person with an account may write one note on it. It
// stands in for your sync server, which knows a person by the user ID in their token.

import express, { type RequestHandler, Router } from 'express'
import { requireAccount, type Session, session } from 'local-first-identity/express'

import { APP_ID } from './audiences.mts'
import { database } from './database.mts'
import { provider } from './tokens.mts'
import { isUpgraded } from './users.mts'

const select = database.prepare('select author, text from notes order by author')
const upsert = database.prepare(
  'insert into notes (author, text) values (?, ?) on conflict (author) do update set text = excluded.text',
)

const readNotes: RequestHandler = (_req, res) => {
  res.json({ notes: select.all() })
}

const writeNote: RequestHandler = (req, res) => {
  const { userId: author } = req.auth as Session
  const text: unknown = req.body?.text
  if (typeof text !== 'string') {
    res.status(400).json({ error: 'Give a `text`.', code: 'invalid-text' })
    return
  }
  upsert.run(author, text)
  res.json({ author, text })
}

/** The session is of a guest, by a token that their device signs, or of an account, by a JWT of this app. */
export const notes = Router()
  .use('/notes', session({ appId: APP_ID, ...provider }))
  .get('/notes', readNotes)
  .put('/notes', requireAccount({ isUpgraded }), express.json(), writeNote)
