// Starts the example: `npm run example:express`, and Ctrl-C to end it.

import { once } from 'node:events'
import { createServer } from 'node:http'

import { origin, port } from './settings.mts'

// `disconnect` comes when a process that has a channel to this one ends, for any reason.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, () => process.exit())
try {
  // Imported here and not above: it opens the database, and an error of that is printed below.
  const { app } = await import('./server.mts')
  await once(createServer(app).listen(port, '127.0.0.1'), 'listening')
  console.log(`ready on ${origin}`)
} catch (error) {
  console.error(`The example does not start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
