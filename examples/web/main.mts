// Starts the example: `npm start`, and Ctrl-C to end it.

import { start } from '../better-auth/start.mts'

await start(async () => (await import('./site.mts')).site)
