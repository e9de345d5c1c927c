// Reads the words of BIP-39 in the forms in which people keep them.

import { mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

import { RecoveryPhraseError, WORDS } from './phrase-error.mts'
import { type Run, readRuns } from './phrase-text.mts'

/** How many letters identify a word (BIP-39, "Wordlist"). Fewer letters must be a whole word. */
const DISTINCT_LETTERS = 4
const LONGEST_WORD = 8

function wordOf(letters: string): string | undefined {
  if (wordlist.includes(letters)) return letters
  return letters.length < DISTINCT_LETTERS ? undefined : wordlist.find((word) => word.startsWith(letters))
}

/** Yields each word that the first runs form, with the runs that are left. The word of the fewest runs comes first. */
function* firstWords(runs: readonly Run[]): Generator<[word: string, rest: readonly Run[]]> {
  let letters = ''
  for (const [index, run] of runs.entries()) {
    letters += run.letters
    if ((index > 0 && !run.isJoined) || letters.length > LONGEST_WORD) return
    const word = wordOf(letters)
    if (word) yield [word, runs.slice(index + 1)]
  }
}

/**
 * Yields each way to read `count` words. A word may be split over several runs, and two runs that are words may together be
 * a third word.
 *
 * @param dead - The states that are known to have no reading, by the number of runs and words that are left. Without it, the
 *   time grows exponentially.
 */
function* readings(runs: readonly Run[], count: number, dead = new Set<string>()): Generator<string[]> {
  if (count === 0 && runs.length === 0) yield []
  const state = `${runs.length} ${count}`
  if (count === 0 || runs.length < count || dead.has(state)) return
  dead.add(state)
  for (const [word, rest] of firstWords(runs)) {
    for (const words of readings(rest, count - 1, dead)) {
      dead.delete(state)
      yield [word, ...words]
    }
  }
}

/** Returns the word that all runs after a number form. */
const wholeWord = (runs: readonly Run[]): string | undefined => readings(runs, 1).next().value?.[0]

/** Returns the word that the first runs after a number form. The other runs may be the label of the next number. */
const firstWord = (runs: readonly Run[]): string | undefined => firstWords(runs).next().value?.[0]

const numbered = (runs: readonly Run[]): string | undefined => wholeWord(runs) ?? firstWord(runs)

/** Words before the phrase, up to a colon. */
const CAPTION = /^[^\p{Number}:：]*[:：]/u

interface Word {
  letters: string
  isKnown: boolean
}

function wordsIn(groups: readonly Run[][]): Word[] {
  const [runs = []] = groups
  if (groups.length === 1) return runs.map(({ letters }) => ({ letters, isKnown: wordOf(letters) !== undefined }))
  return groups.map((group) => ({
    letters: group.map(({ letters }) => letters).join(''),
    isKnown: numbered(group) !== undefined,
  }))
}

/** Returns the error for words that have no reading. */
function explain(words: readonly Word[]): RecoveryPhraseError {
  const positionOf = (index: number) => (index === -1 ? undefined : index + 1)
  const foreign = positionOf(words.findIndex(({ letters }) => /[^a-z]/.test(letters)))
  if (foreign) return new RecoveryPhraseError('invalid-letter', { position: foreign })
  const position = positionOf(words.findIndex(({ isKnown }) => !isKnown))
  if (words.length !== WORDS) return new RecoveryPhraseError('invalid-length', { position, count: words.length })
  return new RecoveryPhraseError(position ? 'invalid-word' : 'invalid-checksum', { position })
}

/** Yields the phrases that the runs may be: 24 words each, whose checksum is not yet verified. */
function* phrasesIn(groups: readonly Run[][]): Generator<string[]> {
  const [runs = []] = groups
  if (groups.length === 1) return yield* readings(runs, WORDS)
  for (const read of [numbered, firstWord]) {
    const words = groups.flatMap((group) => read(group) ?? [])
    if (words.length === WORDS) yield words
  }
}

/** Returns the phrases whose checksum is right, each with its entropy. Stops at two, which is already ambiguous. */
function validPhrases(ways: readonly Run[][][]): Map<string, Uint8Array> {
  const valid = new Map<string, Uint8Array>()
  for (const groups of ways) {
    for (const words of phrasesIn(groups)) {
      const phrase = words.join(' ')
      try {
        if (!valid.has(phrase)) valid.set(phrase, mnemonicToEntropy(phrase, wordlist))
      } catch {
        // Another reading may be the phrase.
      }
      if (valid.size > 1) return valid
    }
  }
  return valid
}

/**
 * Reads 24 words of BIP-39's English list from what a person typed, pasted or scanned.
 *
 * Ignores punctuation, quotation marks, list marks, invisible characters, case, accents and a caption that ends in a colon.
 * Numbers from 1 to 24, or from 0 to 23, give the order. A word may be split over lines. Its first four letters are enough.
 *
 * @returns Their entropy, 32 bytes.
 * @throws RecoveryPhraseError if the text is not the phrase of a secret.
 */
export function readPhrase(typed: string): Uint8Array {
  const ways = readRuns(typed, WORDS)
  if (ways.length > 0) ways.push(...readRuns(typed.replace(CAPTION, ''), WORDS))
  const [likeliest] = ways
  if (!likeliest) throw new RecoveryPhraseError('invalid-numbers')
  const count = likeliest.flat().length
  // Even 24 words with a space after each letter have fewer runs than this, and looking up each run takes time.
  if (count > WORDS * LONGEST_WORD) throw new RecoveryPhraseError('invalid-length', { count })
  const [entropy, another] = validPhrases(ways).values()
  // Two phrases in one text would be two identities, and nothing shows which one is meant.
  if (entropy && !another) return entropy
  throw explain(wordsIn(likeliest))
}
