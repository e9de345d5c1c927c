// Starts the example: `npm run example`, and Ctrl-C to end it.

import { once } from 'node:events'
import { createServer } from 'node:http'

import { getRequestListener } from '@hono/node-server'
import { getMigrations } from 'better-auth/db/migration'

import { startProvider } from './provider.mts'
import { origin, port, providerPort } from './settings.mts'

async function startApp(): Promise<void> {
  // Not above: as soon as Better Auth is configured, it asks the provider for its addresses.
  const { auth } = await import('./auth.mts')
  const { createNotes } = await import('./notes.mts')
  const { app } = await import('./server.mts')
  await (await getMigrations(auth.options)).runMigrations()
  await createNotes()
  await once(createServer(getRequestListener(app.fetch)).listen(port, 'localhost'), 'listening')
}

// The last one comes when a process that has a channel to this one ends, however it ends.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, () => process.exit())
try {
  await startProvider(providerPort, `${origin}/api/auth/callback/local`)
  await startApp()
  console.log(`ready on ${origin}`)
} catch (error) {
  console.error(`The example does not start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
