// Reads the words of BIP-39 in the forms that people keep them in.

import { mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

import { RecoveryPhraseError, WORDS } from './phrase-error.mts'
import { type Run, readRuns } from './phrase-text.mts'

/** How many letters tell a word from all others (BIP-39, "Wordlist"). Shorter words stand for themselves alone. */
const DISTINCT_LETTERS = 4
const LONGEST_WORD = 8

const wordOf = (letters: string): string | undefined =>
  wordlist.includes(letters) || letters.length < DISTINCT_LETTERS
    ? wordlist.find((word) => word === letters)
    : wordlist.find((word) => word.startsWith(letters))

/** The words that the first runs make, with what is left of the runs. The fewest runs come first. */
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
 * Each way to read `count` words: a word may be in several runs, and two runs that are words may be a third one.
 *
 * @param dead - What is known to have no way, by how many runs and words are left: without it, time grows exponentially.
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

/** The word behind a number: all of its runs if they make one; else the first that do, before the label of the next. */
const numbered = (runs: readonly Run[]): string | undefined =>
  readings(runs, 1).next().value?.[0] ?? firstWords(runs).next().value?.[0]

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

/** What is wrong with words that have no reading. */
function explain(words: readonly Word[]): RecoveryPhraseError {
  const positionOf = (index: number) => (index === -1 ? undefined : index + 1)
  const foreign = positionOf(words.findIndex(({ letters }) => /[^a-z]/.test(letters)))
  if (foreign) return new RecoveryPhraseError('invalid-letter', { position: foreign })
  const position = positionOf(words.findIndex(({ isKnown }) => !isKnown))
  if (words.length !== WORDS) return new RecoveryPhraseError('invalid-length', { position, count: words.length })
  return new RecoveryPhraseError(position ? 'invalid-word' : 'invalid-checksum', { position })
}

/** Each way to read the text as 24 words. */
function* phrasesIn(groups: readonly Run[][]): Generator<string[]> {
  const [runs = []] = groups
  if (groups.length === 1) return yield* readings(runs, WORDS)
  const words = groups.flatMap((group) => numbered(group) ?? [])
  if (words.length === WORDS) yield words
}

/** The entropy of each reading whose checksum is right. */
function* entropiesIn(groups: readonly Run[][]): Generator<Uint8Array> {
  for (const words of phrasesIn(groups)) {
    try {
      yield mnemonicToEntropy(words.join(' '), wordlist)
    } catch {
      // Another reading may be the phrase.
    }
  }
}

/**
 * Reads 24 words of BIP-39's English list from what a person typed, pasted or scanned.
 *
 * Numbers, punctuation, quotation marks, list marks, invisible characters, case and accents carry nothing. Numbers from 1 to
 * 24 give the order. A word may be split over lines, or be its first four letters or more.
 *
 * @returns Their entropy, 32 bytes.
 * @throws RecoveryPhraseError
 */
export function readPhrase(typed: string): Uint8Array {
  const groups = readRuns(typed, WORDS)
  if (!groups) throw new RecoveryPhraseError('invalid-numbers')
  const count = groups.length === 1 ? (groups[0]?.length ?? 0) : 0
  // More than letters one by one would be, and to look each up takes time.
  if (count > WORDS * LONGEST_WORD) throw new RecoveryPhraseError('invalid-length', { count })
  const [entropy, another] = entropiesIn(groups)
  // Two readings of one text would be two identities, and nothing tells which is meant.
  if (entropy && !another) return entropy
  throw explain(wordsIn(groups))
}
