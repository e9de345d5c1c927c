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
const LABEL = /(^|\P{L})([a-z]|[ivx]+)(?=[.):\]])/gu

const ROMAN: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10 }

/** What a Roman numeral stands for; a digit before a greater one counts against it. */
function fromRoman(numeral: string): number {
  const digits = Array.from(numeral, (digit) => ROMAN[digit] ?? 0)
  return digits.reduce((sum, digit, index) => sum + (digit < (digits[index + 1] ?? 0) ? -digit : digit), 0)
}

/** Letters of a list become its numbers: an order that they give must not be lost. */
function numberLabels(text: string): string {
  const isRoman = Array.from(text.matchAll(LABEL), ([, , label = '']) => label).some(({ length }) => length > 1)
  const numberOf = (label: string) => (isRoman ? fromRoman(label) : label.charCodeAt(0) - 96)
  return text.replace(LABEL, (_, before: string, label: string) => `${before} ${numberOf(label)} `)
}

/**
 * Compatibility forms (NFKD) become plain letters and digits: full-width letters, ligatures, numbers in circles. Marks go, and
 * with them the dot of the Turkish capital I. The Turkish small I has none.
 */
const fold = (typed: string): string =>
  numberLabels(
    typed
      .replace(/\p{Letter_Number}+/gu, (numeral) => ` ${numeral}. `)
      .replace(/\\[nrt]/g, ' ')
      .replace(/(\p{Lowercase_Letter})(?=\p{Uppercase_Letter})/gu, `$1${BREAK}`)
      .normalize('NFKD')
      .replace(/\p{Mark}/gu, '')
      .toLowerCase()
      .replaceAll('ı', 'i'),
  )

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

const runsOf = (parts: readonly Numbered[]): Run[] => parts.flatMap(({ runs }) => runs)

/** Each way to read a text that has its words numbered: a number stands before its word or behind it, or all come first. */
function numberedWays(parts: readonly Numbered[], start: number, count: number): Run[][][] {
  const numbered = parts.slice(start, start + count).map(({ number, runs }, index) => ({
    number,
    behind: runs,
    before: parts[start + index - 1]?.runs ?? [],
  }))
  const isAscending = numbered.every(({ number }, index) => index === 0 || number > (numbered[index - 1]?.number ?? 0))
  // A table has its columns side by side, and is read row by row.
  numbered.sort((a, b) => a.number - b.number)
  const ways = [numbered.map(({ behind }) => behind), numbered.map(({ before }) => before)]
  return isAscending ? [...ways, [runsOf(parts)]] : ways
}

/**
 * Reads the runs of letters of a text.
 *
 * @param count - How many words the text should have.
 * @returns Each way to read them, the likeliest first: a list of runs for each word, in the order of their numbers, or one list for
 *   all. Nothing if there are so many numbers that they must mean an order, and it is none.
 */
export function readRuns(typed: string, count: number): Run[][][] {
  const parts = split(fold(typed))
  const start = findNumbering(parts, count)
  if (start !== undefined) return numberedWays(parts, start, count)
  return parts.length > count ? [] : [[runsOf(parts)]]
}
