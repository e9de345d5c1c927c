// One SQLite file for everything: the app's tables, and the used proofs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import Sqlite from 'libsql'

import { databaseFile } from './settings.mts'

const temporary = databaseFile ? undefined : mkdtempSync(join(tmpdir(), 'local-first-identity-'))

// `better-sqlite3` has the same interface.
export const database = new Sqlite(temporary ? join(temporary, 'app.db') : databaseFile)
process.once('exit', () => {
  database.close()
  if (temporary) rmSync(temporary, { recursive: true })
})

// Database constraints keep identities and addresses unique, also when two requests come at once. Addresses are ASCII, so
// `nocase` is enough for them.
database.exec(`
  pragma busy_timeout = 5000;
  pragma journal_mode = wal;
  create table if not exists users (
    jazz_id text primary key not null,
    email text not null unique collate nocase,
    password_hash text not null
  );
  create table if not exists notes (
    author text primary key not null references users (jazz_id),
    text text not null
  );
  create table if not exists signing_key (id integer primary key check (id = 1), jwk text not null)`)
