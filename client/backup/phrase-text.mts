// Splits what a person typed, pasted or scanned into runs of letters.

/** Letters with nothing between them. */
export interface Run {
  /** In lower case, without marks. Letters of other alphabets are kept, so that an error can report them. */
  letters: string
  /** Whether it may belong to the word before it: only space, hyphens or invisible characters are between them. */
  isJoined: boolean
}

/** Marks a place where a word may end without a space. */
const BREAK = '\u200b'

/** What may be inside a word that was split over two lines, or that has invisible characters. */
const JOINT = /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Dash_Punctuation}]*$/u

/** `a)`, `b.` or a Roman numeral, as editors number lists. No word of a phrase is one letter, or only the letters i, v, x. */
const LABEL = /(^|\P{L})([a-z]|[ivx]+)(?=[.):\]])/gu

const ROMAN: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10 }

/** Converts a Roman numeral to a number. A digit before a greater one is subtracted. */
function fromRoman(numeral: string): number {
  const digits = Array.from(numeral, (digit) => ROMAN[digit] ?? 0)
  return digits.reduce((sum, digit, index) => sum + (digit < (digits[index + 1] ?? 0) ? -digit : digit), 0)
}

/** Replaces the letters of a list by numbers, so that the order that they give is not lost. */
function numberLabels(text: string): string {
  const isRoman = Array.from(text.matchAll(LABEL), ([, , label = '']) => label).some(({ length }) => length > 1)
  const numberOf = (label: string) => (isRoman ? fromRoman(label) : label.charCodeAt(0) - 96)
  return text.replace(LABEL, (_, before: string, label: string) => `${before} ${numberOf(label)} `)
}

/** Number symbols that NFKD does not change: the first symbol of each series, its number, and the length of the series. */
const SYMBOLS: readonly [from: string, number: number, count: number][] = [
  ['❶', 1, 10],
  ['⓫', 11, 10],
  ['➀', 1, 10],
  ['➊', 1, 10],
]

/** Writes a digit of any script, or a number symbol, in the digits from 0 to 9. */
function plainNumber(symbol: string): string {
  const code = symbol.codePointAt(0) ?? 0
  for (const [from, number, count] of SYMBOLS) {
    const index = code - (from.codePointAt(0) ?? 0)
    if (index >= 0 && index < count) return ` ${number + index} `
  }
  if (!/\p{Decimal_Number}/u.test(symbol)) return symbol
  // In Unicode, the ten digits of a script are consecutive.
  let digit = 0
  while (digit < 9 && /\p{Decimal_Number}/u.test(String.fromCodePoint(code - digit - 1))) digit++
  return String(digit)
}

/**
 * Converts a text to plain letters and digits, in lower case. Compatibility forms are resolved (NFKD): full-width letters,
 * ligatures, numbers in circles. Marks are removed, among them the dot of the Turkish capital I. The Turkish small I has no
 * dot, so it is replaced.
 */
const fold = (typed: string): string =>
  numberLabels(
    typed
      .replace(/\p{Number}/gu, plainNumber)
      .replace(/\p{Letter_Number}+/gu, (numeral) => ` ${numeral}. `)
      .replaceAll('🔟', ' 10 ')
      .replace(/\\[nrt]/g, ' ')
      .replace(/(\p{Lowercase_Letter})(?=\p{Uppercase_Letter})/gu, `$1${BREAK}`)
      .normalize('NFKD')
      .replace(/\p{Mark}/gu, '')
      .toLowerCase()
      .replaceAll('ı', 'i'),
  )

/** The runs after a number; with 0, the runs before the first number. */
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

const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))

/**
 * Finds where `count` consecutive numbers are 1 to `count`, or 0 to one less, each once. If some of these series ascend, only
 * those count: the number of a heading, with the numbers after it, may also look like an order.
 */
function findNumberings(parts: readonly Numbered[], count: number): number[] {
  const numbersAt = (start: number) => parts.slice(start, start + count).map(({ number }) => number)
  const starts = parts
    .map((_, start) => start)
    .filter((start) => {
      const numbers = numbersAt(start)
      const least = Math.min(...numbers)
      const isWhole = start > 0 && new Set(numbers).size === count && Math.max(...numbers) === least + count - 1
      return isWhole && least <= 1
    })
  const ascending = starts.filter((start) => isAscending(numbersAt(start)))
  return ascending.length > 0 ? ascending : starts
}

/**
 * Whether the numbers between words agree with the order of the words. Each must count the words before it, be the position
 * of the next word, or be the number of the next line. Other numbers would mean another order, which is unknown.
 */
function agreesWithOrder(parts: readonly Numbered[]): boolean {
  let words = parts[0]?.runs.length ?? 0
  const found: { number: number; words: number }[] = []
  for (const { number, runs } of parts.slice(1)) {
    if (runs.length > 0) found.push({ number, words })
    words += runs.length
  }
  const first = found[0]?.number ?? 0
  const isEach = (expected: (words: number, index: number) => number) =>
    found.every(({ number, words }, index) => number === expected(words, index))
  return (
    found.length < 2 || isEach((words) => words) || isEach((words) => words + 1) || isEach((_, index) => first + index)
  )
}

const runsOf = (parts: readonly Numbered[]): Run[] => parts.flatMap(({ runs }) => runs)

/** Returns each way to read a text with numbered words: a number is before its word, or after it, or all come first. */
function numberedWays(parts: readonly Numbered[], start: number, count: number): Run[][][] {
  const numbered = parts.slice(start, start + count).map(({ number, runs }, index) => ({
    number,
    behind: runs,
    before: parts[start + index - 1]?.runs ?? [],
  }))
  const isInOrder = isAscending(numbered.map(({ number }) => number))
  // In a table with columns side by side, read row by row, the numbers are out of order.
  numbered.sort((a, b) => a.number - b.number)
  const ways = [numbered.map(({ behind }) => behind), numbered.map(({ before }) => before)]
  return isInOrder ? [...ways, [runsOf(parts)]] : ways
}

/**
 * Reads the runs of letters of a text.
 *
 * @param count - How many words the text should have.
 * @returns Each way to read them, the likeliest first. A way has a list of runs for each word, in the order of their numbers,
 *   or one list for all words. Empty if the numbers must mean an order that is unknown.
 */
export function readRuns(typed: string, count: number): Run[][][] {
  const parts = split(fold(typed))
  const starts = findNumberings(parts, count)
  if (starts.length > 0) return starts.flatMap((start) => numberedWays(parts, start, count))
  return parts.length <= count && agreesWithOrder(parts) ? [[runsOf(parts)]] : []
}
