// One SQLite file for Better Auth's tables and the app's.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Kysely, SqliteDialect } from 'kysely'
import Sqlite from 'libsql'

import { databaseFile } from './settings.mts'

interface Tables {
  notes: { owner: string; text: string }
}

const temporary = databaseFile ? undefined : mkdtempSync(join(tmpdir(), 'local-first-identity-'))
const sqlite = new Sqlite(temporary ? join(temporary, 'app.db') : databaseFile)
process.once('exit', () => {
  sqlite.close()
  if (temporary) rmSync(temporary, { recursive: true })
})

// One instance for both, because it queues all access to the file. With two, one would find the file locked.
export const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) })
