// What a person typed, pasted or scanned, as runs of letters.

/** Letters with nothing between them. */
export interface Run {
  /** In lower case, without marks. Those of other alphabets are kept, so that an error can name them. */
  letters: string
  /** Whether it may belong to the word before it: only space, hyphens or invisible characters stand between them. */
  isJoined: boolean
}

/** Stands where a word may end without a space. */
const BREAK = '\u200b'

/** What may stand inside a word: it was split over two lines, or has invisible characters. */
const JOINT = /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Dash_Punctuation}]*$/u

/** `a)`, `b.` or a Roman numeral, as editors number lists. No word of a phrase is one letter, or such letters alone. */
const LABEL = /(^|\P{L})(?:\p{L}|[ivx]+)[.):\]]/gu

/**
 * Compatibility forms (NFKD) become plain letters and digits: full-width letters, ligatures, numbers in circles. Marks go, and
 * with them the dot of the Turkish capital I. The Turkish small I has none.
 */
const fold = (typed: string): string =>
  typed
    .replace(/\p{Letter_Number}|\\[nrt]/gu, ' ')
    .replace(/(\p{Lowercase_Letter})(?=\p{Uppercase_Letter})/gu, `$1${BREAK}`)
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replace(LABEL, '$1 ')

/** The runs behind a number; with 0, those before the first number. */
interface Numbered {
  number: number
  runs: Run[]
}

function split(text: string): Numbered[] {
  let part: Numbered = { number: 0, runs: [] }
  const parts = [part]
  let isJoined = false
  for (const [token, letters, digits] of text.matchAll(/(\p{L}+)|(\d+)|[^\p{L}\d]+/gu)) {
    if (letters) part.runs.push({ letters, isJoined })
    if (digits) {
      part = { number: Number(digits), runs: [] }
      parts.push(part)
    }
    isJoined = !digits && (!!letters || (isJoined && JOINT.test(token)))
  }
  return parts
}

/** Where `count` numbers in a row are 1 to `count`, or 0 to one less, each once, in any order. */
function findNumbering(parts: readonly Numbered[], count: number): number | undefined {
  for (let start = 1; start + count <= parts.length; start++) {
    const numbers = parts.slice(start, start + count).map(({ number }) => number)
    const least = Math.min(...numbers)
    if (least <= 1 && new Set(numbers).size === count && Math.max(...numbers) === least + count - 1) return start
  }
  return undefined
}

/**
 * Reads the runs of letters of a text.
 *
 * @param count - How many words the text should have.
 * @returns A list for each word in the order of their numbers, if they are numbered from 1 to `count`. One list, if they are not.
 *   `undefined` if there are so many numbers that they must mean an order, and it is none.
 */
export function readRuns(typed: string, count: number): Run[][] | undefined {
  const parts = split(fold(typed))
  const start = findNumbering(parts, count)
  if (start === undefined) return parts.length > count ? undefined : [parts.flatMap(({ runs }) => runs)]
  const isNumberLast = parts[start + count - 1]?.runs.length === 0
  const words = parts.slice(start, start + count).map(({ number, runs }, index) => ({
    number,
    runs: isNumberLast ? (parts[start + index - 1]?.runs ?? []) : runs,
  }))
  // A table has its columns side by side, and is read row by row.
  return words.sort((a, b) => a.number - b.number).map(({ runs }) => runs)
}
