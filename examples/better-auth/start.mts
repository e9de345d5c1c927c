// Starts an app on Better Auth, with its provider and its database. All examples with Better Auth share this.

import { once } from 'node:events'
import { createServer } from 'node:http'

import { getRequestListener } from '@hono/node-server'
import { getMigrations } from 'better-auth/db/migration'

import { startProvider } from './provider.mts'
import { origin, port, providerPort } from './settings.mts'

/** An app that responds to requests, for example one of Hono. */
export interface App {
  fetch(request: Request): Response | Promise<Response>
}

async function startApp(load: () => Promise<App>): Promise<void> {
  // Imported here and not above: as soon as Better Auth is configured, it asks the provider for its addresses.
  const { auth } = await import('./auth.mts')
  const { createNotes } = await import('./notes.mts')
  const app = await load()
  await (await getMigrations(auth.options)).runMigrations()
  await createNotes()
  await once(createServer(getRequestListener(app.fetch)).listen(port, '127.0.0.1'), 'listening')
}

/**
 * Starts the provider and then the app, and prints where the app listens. If that fails, it prints the error and ends the
 * process.
 *
 * @param load - Imports the app, which imports `auth.mts`. Called once the provider listens.
 */
export async function start(load: () => Promise<App>): Promise<void> {
  // `disconnect` comes when a process that has a channel to this one ends, for any reason.
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, () => process.exit())
  try {
    await startProvider(providerPort, `${origin}/api/auth/callback/local`)
    await startApp(load)
    console.log(`ready on ${origin}`)
  } catch (error) {
    console.error(`The example does not start: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}
