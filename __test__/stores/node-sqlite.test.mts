// The driver that comes with Node, from 22.5 on: `npm run check:node` runs this on such a one.

import { conform } from './conformance.mts'
import { sqliteFile } from './engines.mts'

const driver = await import('node:sqlite').catch(() => undefined)

conform(
  {
    name: 'SQLite, node:sqlite',
    clock: 'process',
    open: sqliteFile((path) => new (driver as NonNullable<typeof driver>).DatabaseSync(path)),
    skip: driver ? false : `Node ${process.version} has no node:sqlite`,
  },
  () => undefined,
)
