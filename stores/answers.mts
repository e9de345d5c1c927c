// Reads what a driver returns for a statement. An unknown answer throws: it must not count as accepted, or as an ordinary
// refusal.

/**
 * Whether a statement has changed its only row.
 *
 * @throws TypeError if the driver did not return a number of changed rows, 0 or 1.
 */
export function hasChanged(count: unknown): boolean {
  if (count === 1 || count === 1n) return true
  if (count === 0 || count === 0n) return false
  throw new TypeError('the driver did not give the number of changed rows')
}

/**
 * Returns the value in a row; `undefined` if there is no row.
 *
 * @throws TypeError if the driver returned anything but an object with a string.
 */
export function valueIn(row: unknown): string | undefined {
  if (row === undefined || row === null) return undefined
  const { value } = row as { value?: unknown }
  if (typeof value === 'string') return value
  throw new TypeError('the driver did not give the row as an object')
}

/**
 * Returns the first of the rows.
 *
 * @throws TypeError if the driver did not return rows.
 */
export function firstOf(rows: unknown): unknown {
  if (Array.isArray(rows)) return rows[0]
  throw new TypeError('the driver did not give the rows')
}
