// The app's routes.

import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { bodyLimit } from 'hono/body-limit'

import { auth } from './auth.mts'
import { entityTag, readNotes, userIdOf, writeNotes } from './notes.mts'

type Env = { Variables: { userId: string } }

export const app = new Hono<Env>()

app.on(['GET', 'POST'], '/api/auth/*', (c) => auth.handler(c.req.raw))

// The social provider sends the browser back here. It shows who is signed in.
app.get('/', async (c) => {
  const session = await auth.api.getSession({ headers: c.req.raw.headers })
  return c.json({ user: session?.user ?? null })
})

app.use(
  '/notes',
  bearerAuth<Env>({
    async verifyToken(token, c) {
      const userId = await userIdOf(token)
      if (userId) c.set('userId', userId)
      return userId !== undefined
    },
    noAuthenticationHeader: { message: { code: 'TOKEN_REQUIRED', message: 'A bearer token is required.' } },
    invalidAuthenticationHeader: { message: { code: 'INVALID_REQUEST', message: 'This is no bearer token.' } },
    invalidToken: { message: { code: 'INVALID_TOKEN', message: 'The token does not hold.' } },
  }),
)

app.get('/notes', async (c) => {
  const userId = c.get('userId')
  const text = await readNotes(userId)
  return c.json({ userId, text }, 200, { ETag: entityTag(text) })
})

const limit = bodyLimit({
  maxSize: 65_536,
  onError: (c) => c.json({ code: 'TOO_LONG', message: 'Notes may have 65,536 bytes.' }, 413),
})

app.put('/notes', limit, async (c) => {
  const [userId, text] = [c.get('userId'), await c.req.text()]
  // With `If-Match`, two devices that write at the same time do not overwrite each other's notes (RFC 9110 §13.1.1).
  const isKept = await writeNotes(userId, text, c.req.header('If-Match'))
  if (!isKept) return c.json({ code: 'CHANGED', message: 'These notes were changed elsewhere meanwhile.' }, 412)
  return c.json({ userId, text }, 200, { ETag: entityTag(text) })
})
