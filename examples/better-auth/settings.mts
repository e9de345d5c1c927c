// The settings from the environment, checked once, at start.

import { randomBytes } from 'node:crypto'

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

function portOf(name: string, fallback: number): number {
  const port = Number(process.env[name] || fallback)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : fail(`${name} must be a port from 1 to 65535.`)
}

const { BETTER_AUTH_SECRET, DATABASE_FILE } = process.env
if (DATABASE_FILE && !BETTER_AUTH_SECRET) {
  // The secret encrypts the key that signs the JWTs. With another secret at the next start, no JWT could be signed.
  fail('DATABASE_FILE is kept for the next start, so set BETTER_AUTH_SECRET, too: 32 random characters or more.')
}

export const port = portOf('PORT', 3000)
export const providerPort = portOf('PROVIDER_PORT', 3001)
export const origin = `http://localhost:${port}`
export const providerOrigin = `http://localhost:${providerPort}`
export const secret = BETTER_AUTH_SECRET || randomBytes(32).toString('base64url')
/** If this is empty, the database lasts only as long as the example runs. */
export const databaseFile = DATABASE_FILE ?? ''
