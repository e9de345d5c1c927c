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

/**
 * Reads the runs of letters of a text.
 *
 * @param count - How many words the text should have.
 * @returns A list for each word in the order of their numbers, if they are numbered from 1 to `count`. Else one list.
 */
export function readRuns(typed: string, count: number): Run[][] {
  const parts = split(fold(typed))
  const words = parts.slice(1).map(({ number, runs }, index) => ({ number, before: parts[index]?.runs ?? [], runs }))
  // A table has its columns side by side, and is read row by row.
  words.sort((a, b) => a.number - b.number)
  const isNumbered = words.length === count && words.every(({ number }, index) => number === index + 1)
  if (!isNumbered) return [parts.flatMap(({ runs }) => runs)]
  const isNumberLast = parts[count]?.runs.length === 0
  return words.map(({ before, runs }) => (isNumberLast ? before : runs))
}
