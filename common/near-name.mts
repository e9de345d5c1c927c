/** The most edits that count as a typing mistake. */
const MOST_EDITS = 2
/** In letters. A shorter name is near too many others, and a longer one is slow to compare. */
const SHORTEST = 3
const LONGEST = 40

/** Counts the letters to insert, delete or replace to make one text from another (Levenshtein distance). */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1]
    for (const [column, expected] of [...other].entries()) {
      const replaced = (previous[column] as number) + (letter === expected ? 0 : 1)
      current.push(Math.min(replaced, (previous[column + 1] as number) + 1, (current[column] as number) + 1))
    }
    previous = current
  }
  return previous[other.length] as number
}

/** Whether the shorter name begins or ends the longer one: `aud` and `audience`, or `ttlSeconds` and `maxTtlSeconds`. */
const isPart = (one: string, other: string): boolean => {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return long.startsWith(short) || long.endsWith(short)
}

/**
 * Finds the name that was probably meant. Ignores case.
 *
 * @returns `undefined` if no name is near.
 */
export function nearName(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase()
  if (wanted.length < SHORTEST || wanted.length > LONGEST) return undefined
  let near: { name: string; edits: number } | undefined
  for (const name of names) {
    const edits = isPart(wanted, name.toLowerCase()) ? 0 : distance(wanted, name.toLowerCase())
    if (edits <= MOST_EDITS && edits < (near?.edits ?? Infinity)) near = { name, edits }
  }
  return near?.name
}
