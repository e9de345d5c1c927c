// The app's routes.

import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { bodyLimit } from 'hono/body-limit'

import { auth } from './auth.mts'
import { readNotes, userIdOf, writeNotes } from './notes.mts'

type Env = { Variables: { userId: string } }

export const app = new Hono<Env>()

app.on(['GET', 'POST'], '/api/auth/*', (c) => auth.handler(c.req.raw))

// Where the social provider sends the browser back to: it shows who is signed in.
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
  return c.json({ userId, text: await readNotes(userId) })
})

const limit = bodyLimit({
  maxSize: 65_536,
  onError: (c) => c.json({ code: 'TOO_LONG', message: 'Notes may have 65,536 bytes.' }, 413),
})

app.put('/notes', limit, async (c) => {
  const [userId, text] = [c.get('userId'), await c.req.text()]
  await writeNotes(userId, text)
  return c.json({ userId, text })
})
