import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'

export const database = drizzle({ client: new Sqlite(process.env.DATABASE_FILE) })
