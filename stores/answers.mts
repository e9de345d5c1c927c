// What a driver answers to a statement. An answer that is not understood is never a yes, and never an ordinary no.

/**
 * Whether a statement has changed its one row.
 *
 * @throws TypeError if the driver gave no such number.
 */
export function hasChanged(count: unknown): boolean {
  if (count === 1 || count === 1n) return true
  if (count === 0 || count === 0n) return false
  throw new TypeError('the driver did not give the number of changed rows')
}

/**
 * The value in a row; `undefined` if there is no row.
 *
 * @throws TypeError if the driver gave something else than an object with a text.
 */
export function valueIn(row: unknown): string | undefined {
  if (row === undefined || row === null) return undefined
  const { value } = row as { value?: unknown }
  if (typeof value === 'string') return value
  throw new TypeError('the driver did not give the row as an object')
}

/**
 * The first of the rows.
 *
 * @throws TypeError if the driver gave no rows.
 */
export function firstOf(rows: unknown): unknown {
  if (Array.isArray(rows)) return rows[0]
  throw new TypeError('the driver did not give the rows')
}
