// One sign-up and one route for who is signed in, alike in three frameworks, with this package's middleware or without.

import { createServer, type Server } from 'node:http'

import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import * as forExpress from 'local-first-identity/express'
import * as forFastify from 'local-first-identity/fastify'
import * as forHono from 'local-first-identity/hono'

/** What stands before the routes; nothing, if it is not given. */
export interface Guards {
  proof?: forExpress.IdentityProofOptions
  session?: forExpress.SessionOptions
}

interface SignUp {
  email: string
}

/** What a route without middleware answers: a text as long as an identity. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'

function expressServer({ proof, session }: Guards): Server {
  const app = express()
  app.post('/signup', express.json(), ...(proof ? [forExpress.identityProof(proof)] : []), (req, res) => {
    const { email } = req.body as SignUp
    res.json({ id: req.identityProof?.id ?? NOBODY, email })
  })
  app.get('/me', ...(session ? [forExpress.session(session)] : []), (req, res) => {
    res.json({ id: req.auth?.userId ?? NOBODY })
  })
  return createServer(app)
}

async function fastifyServer({ proof, session }: Guards): Promise<Server> {
  const app = fastify()
  const signUp = { preHandler: proof ? [forFastify.identityProof(proof)] : [] }
  app.post<{ Body: SignUp }>('/signup', signUp, async ({ identityProof, body: { email } }) => {
    return { id: identityProof?.id ?? NOBODY, email }
  })
  app.get('/me', { onRequest: session ? [forFastify.session(session)] : [] }, async ({ auth }) => {
    return { id: auth?.userId ?? NOBODY }
  })
  await app.ready()
  return app.server
}

function honoServer({ proof, session }: Guards): Server {
  const app = new Hono<{ Variables: Partial<forHono.ProofEnv['Variables'] & forHono.SessionEnv['Variables']> }>()
  if (proof) app.use('/signup', forHono.identityProof(proof))
  if (session) app.use('/me', forHono.session(session))
  app.post('/signup', async (c) => {
    const { email } = await c.req.json<SignUp>()
    return c.json({ id: c.get('identityProof')?.id ?? NOBODY, email })
  })
  app.get('/me', (c) => c.json({ id: c.get('auth')?.userId ?? NOBODY }))
  return createAdaptorServer({ fetch: app.fetch }) as Server
}

export const apps = { express: expressServer, fastify: fastifyServer, hono: honoServer }
export type Framework = keyof typeof apps
