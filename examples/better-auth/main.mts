// Starts the example: `npm run example`, and Ctrl-C to end it.

import { start } from './start.mts'

await start(async () => (await import('./server.mts')).app)
