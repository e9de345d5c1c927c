// The settings from the environment, checked once, at start.

function numberOf(name: string, fallback: number, most: number): number {
  const number = Number(process.env[name] || fallback)
  if (Number.isInteger(number) && number > 0 && number <= most) return number
  console.error(`${name} must be a whole number from 1 to ${most}.`)
  process.exit(1)
}

export const port = numberOf('PORT', 3000, 65_535)
export const origin = `http://localhost:${port}`
/** How many sign-ups, and how many sign-ins, one address may try in 15 minutes. */
export const rateLimit = numberOf('RATE_LIMIT', 20, 1_000_000)
/** If this is empty, the database lasts only as long as the example runs. */
export const databaseFile = process.env.DATABASE_FILE ?? ''
