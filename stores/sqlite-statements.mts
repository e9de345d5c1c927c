// The statements that all stores on SQLite share, one for each step. Their table is in the main database: a temporary or
// attached table of the same name is not used. Times are milliseconds, by the clock of the process.

import { CLEAN_UP_ROWS } from './clean-up.mts'

export const TABLE = [
  'create table if not exists main.local_first_store (key text primary key, value text not null, expires_at integer not null)',
  'create index if not exists main.local_first_store_expires_at on local_first_store (expires_at)',
]

/** Parameters: key, value, expiry, now. */
export const CREATE = `
  insert into main.local_first_store (key, value, expires_at) values (?, ?, ?)
  on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at where expires_at <= ?`
/** Parameters: value, expiry, key, expected value, now. */
export const SWAP =
  'update main.local_first_store set value = ?, expires_at = ? where key = ? and value = ? and expires_at > ?'
/** Parameters: key, now. */
export const GET = 'select value from main.local_first_store where key = ? and expires_at > ?'
/** Parameters: key, now. */
export const TAKE = 'delete from main.local_first_store where key = ? and expires_at > ? returning value'
/** Parameter: now. */
export const CLEAN_UP = `
  delete from main.local_first_store where key in
  (select key from main.local_first_store where expires_at <= ? order by expires_at limit ${CLEAN_UP_ROWS})`
