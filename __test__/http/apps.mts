// The same small app in each framework, on a port of this machine.

import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { getRequestListener } from '@hono/node-server'
import express, { type ErrorRequestHandler, type Express } from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import { type Context, Hono } from 'hono'
import * as forExpress from 'local-first-identity/express'
import * as forFastify from 'local-first-identity/fastify'
import * as forFetch from 'local-first-identity/fetch'
import * as forHono from 'local-first-identity/hono'

export interface Settings {
  proof?: Partial<forExpress.IdentityProofOptions>
  session?: forExpress.SessionOptions
  account?: forExpress.RequireAccountOptions
}

export const audience = 'test-app-signup'
export const appId = 'test-app'

export interface App {
  origin: string
  /** What the handlers saw, in order: nothing where a request was not let in. */
  seen: unknown[]
  /** What was thrown on the way. */
  faults: unknown[]
  stop(): Promise<void>
}

type Log = Pick<App, 'seen' | 'faults'>
type Known = Required<Settings> & { proof: forExpress.IdentityProofOptions }

function expressApp(app: Express, parse: typeof express, settings: Known, { seen, faults }: Log): RequestListener {
  const { identityProof, requireAccount, requireAuthMode, session } = forExpress
  const parsers = [parse.json({ limit: '1mb' }), parse.urlencoded({ extended: false, limit: '1mb' })]
  app.post('/proof', ...parsers, identityProof(settings.proof), (req, res) => {
    seen.push({ id: req.identityProof?.id, name: req.body?.name })
    res.json({ id: req.identityProof?.id })
  })
  app.use(['/me', '/account', '/guest'], session(settings.session))
  app.use('/account', requireAccount(settings.account))
  app.use(['/guest', '/unguarded'], requireAuthMode('local-first'))
  app.get(['/me', '/account', '/guest', '/unguarded'], (req, res) => {
    seen.push(req.auth)
    res.json(req.auth)
  })
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    faults.push(error)
    res.status(500).json({ error: 'fault' })
  }
  app.use(onError)
  return app
}

/** A form's `name` and its token: an array if it is a duplicate. */
function readForm(text: string) {
  const form = new URLSearchParams(text)
  const all = form.getAll('proofToken')
  return { name: form.get('name') ?? undefined, proofToken: all.length > 1 ? all : all[0] }
}

async function fastifyApp(settings: Known, { seen, faults }: Log): Promise<RequestListener> {
  const { identityProof, requireAccount, requireAuthMode, session } = forFastify
  const app = fastify()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, text: string) => readForm(text),
  )
  app.setErrorHandler((error, _request, reply) => {
    faults.push(error)
    return reply.code(500).send({ error: 'fault' })
  })
  app.post<{ Body: { name?: string } }>('/proof', { preHandler: identityProof(settings.proof) }, async (request) => {
    seen.push({ id: request.identityProof?.id, name: request.body?.name })
    return { id: request.identityProof?.id }
  })
  const whose = session(settings.session)
  const guest = requireAuthMode('local-first')
  for (const [path, onRequest] of Object.entries({
    '/me': [whose],
    '/account': [whose, requireAccount(settings.account)],
    '/guest': [whose, guest],
    '/unguarded': [guest],
  })) {
    app.get(path, { onRequest }, async ({ auth }) => {
      seen.push(auth)
      return auth
    })
  }
  await app.ready()
  return (req, res) => app.routing(req, res)
}

const readBody = async (type: string | null | undefined, text: string) =>
  /json/i.test(type ?? '') ? (JSON.parse(text || '{}') as { name?: string }) : readForm(text)

function honoApp(settings: Known, { seen, faults }: Log): RequestListener {
  const { identityProof, requireAccount, requireAuthMode, session } = forHono
  const app = new Hono()
  app.onError((error, c) => {
    faults.push(error)
    return c.json({ error: 'fault' }, 500)
  })
  app.post('/proof', identityProof(settings.proof), async (c) => {
    const { id } = c.get('identityProof')
    const { name } = await readBody(c.req.header('content-type'), await c.req.text())
    seen.push({ id, name })
    return c.json({ id })
  })
  const show = (c: Context<forHono.SessionEnv>) => {
    seen.push(c.get('auth'))
    return c.json(c.get('auth'))
  }
  const whose = session(settings.session)
  app.get('/me', whose, show)
  app.get('/account', whose, requireAccount(settings.account), show)
  app.get('/guest', whose, requireAuthMode('local-first'), show)
  app.get('/unguarded', requireAuthMode('local-first'), show)
  return getRequestListener(app.fetch)
}

function fetchApp(settings: Known, { seen, faults }: Log): RequestListener {
  const { identityProof, requireAccount, requireAuthMode, session } = forFetch
  const prove = identityProof(settings.proof)
  const whose = session(settings.session)
  const routes: Record<string, forFetch.Authenticate> = {
    '/me': whose,
    '/account': requireAccount(whose, settings.account),
    '/guest': requireAuthMode(whose, 'local-first'),
  }
  const signUp = async (request: Request) => {
    const body = await readBody(request.headers.get('content-type'), await request.text())
    const proof = await prove(request, body)
    if (!proof.ok) return proof.response
    const { name } = body
    seen.push({ id: proof.id, name })
    return Response.json({ id: proof.id })
  }
  const show = async (request: Request, authenticate: forFetch.Authenticate) => {
    const found = await authenticate(request)
    if (!found.ok) return found.response
    const { ok: _, ...session } = found
    seen.push(session)
    return Response.json(session)
  }
  return getRequestListener(async (request) => {
    try {
      const authenticate = routes[new URL(request.url).pathname]
      return await (authenticate ? show(request, authenticate) : signUp(request))
    } catch (error) {
      faults.push(error)
      return Response.json({ error: 'fault' }, { status: 500 })
    }
  })
}

const starters: Record<string, (settings: Known, log: Log) => RequestListener | Promise<RequestListener>> = {
  'Express 5': (settings, log) => expressApp(express(), express, settings, log),
  'Express 4': (settings, log) => expressApp(express4(), express4, settings, log),
  Fastify: fastifyApp,
  Hono: honoApp,
  fetch: fetchApp,
}

export const frameworks = Object.keys(starters)

/** Serves until it is stopped. */
export async function listen(listener: RequestListener): Promise<{ origin: string; stop(): Promise<void> }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Starts the app in a framework; what is not set has a default of this test. */
export async function startApp(framework: string, settings: Settings = {}): Promise<App> {
  const log: Log = { seen: [], faults: [] }
  const start = starters[framework]
  if (!start) throw new Error(`there is no ${framework} here`)
  const known = { session: { appId }, account: {}, ...settings, proof: { audience, ...settings.proof } }
  return { ...log, ...(await listen(await start(known, log))) }
}

/** Runs with an app of its own. */
export async function withApp(framework: string, settings: Settings, run: (app: App) => Promise<void>): Promise<void> {
  const app = await startApp(framework, settings)
  try {
    await run(app)
  } finally {
    await app.stop()
  }
}
