// Recovery phrases whose words are numbered, and texts around them that have numbers, too.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { generateAuthSecret, RecoveryPhrase, type RecoveryPhraseError } from 'local-first-identity/client'

/** A random phrase. */
const anyPhrase = () => {
  const secret = generateAuthSecret()
  return { secret, words: RecoveryPhrase.fromSecret(secret).split(' ') }
}

/** What comes of a text: the right secret, another one, or a code. */
function outcome(text: string, secret: string): string {
  try {
    return RecoveryPhrase.toSecret(text) === secret ? 'right' : 'ANOTHER'
  } catch (error) {
    return (error as RecoveryPhraseError).code
  }
}

/** Two columns, 1 and 13 beside each other, read row by row. */
const inColumns = (words: string[], mark: (number: number) => string) =>
  words
    .slice(0, 12)
    .map((word, row) => `${mark(row + 1)} ${word}   ${mark(row + 13)} ${words[row + 12]}`)
    .join('\n')
const list = (words: string[]) => words.map((word, index) => `${index + 1}. ${word}`).join('\n')
const digitsFrom = (zero: number) => (number: number) =>
  Array.from(String(number), (digit) => String.fromCodePoint(zero + Number(digit))).join('')
const circled = (number: number) =>
  number <= 10 ? String.fromCodePoint(0x2775 + number) : String.fromCodePoint(0x24ea + number - 10)
const keycap = (number: number) =>
  number === 10 ? '🔟' : Array.from(String(number), (digit) => `${digit}\ufe0f\u20e3`).join('')

describe('a recovery phrase with numbers', () => {
  const ROUNDS = 100
  const forms: Record<string, (words: string[]) => string> = {
    'a heading with 24': (words) => `Recovery phrase (24 words)\n${list(words)}`,
    'a heading with a date': (words) => `Backup of 2026-11-24\n${list(words)}`,
    'a heading with a time': (words) => `Saved at 12:00\n${list(words)}`,
    'a heading with 0': (words) => `Wallet 0\n${list(words)}`,
    'a footer': (words) => `${list(words)}\n24 words, saved 12:00`,
    'a caption, and no numbers': (words) => `My secret phrase: ${words.join(' ')}`,
    'a date, and no numbers': (words) => `2026-11-24\n${words.join(' ')}`,
    'rows that are numbered': (words) =>
      [0, 1, 2, 3].map((row) => `${row + 1}: ${words.slice(row * 6, row * 6 + 6).join(' ')}`).join('\n'),
    'two columns': (words) => inColumns(words, (number) => `${number}.`),
    'two columns in Persian digits': (words) => inColumns(words, digitsFrom(0x6f0)),
    'two columns in Devanagari digits': (words) => inColumns(words, digitsFrom(0x966)),
    'two columns of circled numbers': (words) =>
      inColumns(words, (number) => (number <= 20 ? circled(number) : String(number))),
    'two columns of keycaps': (words) => inColumns(words, keycap),
  }
  for (const [name, write] of Object.entries(forms)) {
    it(`is read: ${name}`, () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { secret, words } = anyPhrase()
        assert.equal(outcome(write(words), secret), 'right', write(words))
      }
    })
  }

  const unclear: Record<string, (words: string[]) => string> = {
    'two columns with one number missing': (words) => inColumns(words, (number) => (number === 7 ? '' : `${number}.`)),
    'two columns with numbered heads': (words) => inColumns(words, (number) => (number % 12 === 1 ? `${number}.` : '')),
    'two lists from 1 to 12': (words) => inColumns(words, (number) => `${((number - 1) % 12) + 1}.`),
  }
  for (const [name, write] of Object.entries(unclear)) {
    it(`is refused, since its order is not known: ${name}`, () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { secret, words } = anyPhrase()
        assert.equal(outcome(write(words), secret), 'invalid-numbers', write(words))
      }
    })
  }

  it('is never another one, though a heading or a label can be read as words of it', () => {
    const counts: Record<string, number> = {}
    for (let round = 0; round < 1_000; round++) {
      const { secret, words } = anyPhrase()
      for (const text of [
        `24-word recovery phrase\n${list(words)}`,
        words.map((word, index) => `w${index + 1}: ${word}`).join(' '),
        words.map((word, index) => `S${index + 1} ${word}`).join(' '),
      ]) {
        const came = outcome(text, secret)
        counts[came] = (counts[came] ?? 0) + 1
      }
    }
    const { right = 0, 'invalid-checksum': refused = 0, ...others } = counts
    assert.deepEqual(others, {})
    // Two phrases that are valid are refused: by chance, one in 256.
    assert.ok(right > 0.97 * 3_000 && right + refused === 3_000, JSON.stringify(counts))
  })
})
