// What plain English is here, as far as a machine can tell.

/** The longest average of a file, in words per sentence. */
export const MEAN_WORDS = 15
/** The longest sentence, in words. */
export const LONGEST = 35
/** A file with fewer sentences has no average. */
const FEW = 5

/** What is not written, and what is written instead. */
const BANNED = [
  [/\bwho(?:m)?ever\b/i, 'anyone who'],
  [/\bvouch\w*/i, 'verify, sign, issue'],
  [/\bstands? twice\b/i, 'duplicate'],
  [/\bothers than\b/i, 'other'],
  [/\bbeyond (?:all )?doubt\b/i, 'verify'],
  [/\bfor a (?:no|yes)\b/i, 'as refused, as accepted'],
  [/\bmay (?:lie|stand)\b/i, 'must be'],
  [/\bwhich of the two\b/i, 'name what selects'],
  [/\b(?:that|who) nobody\b/i, 'the passive, or name who'],
  [/\bof which (?:one|none|each)\b/i, 'a sentence of its own'],
  [/\bsomebody\b/i, 'someone, a person, a user'],
  [/\bnobody\b/i, 'no one'],
  [/\b(?:lest|thereof|herein|hereby|whence|thither|wherein|thereby|albeit|heed|hence)\b/i, 'a plainer word'],
  [/\bis (?:told|judged|vouched) by\b/i, 'the active voice'],
  [/\ball the same\b/i, 'still, anyway'],
  [/\bso does (?:a|an|the|one)\b/i, 'a sentence with a verb'],
  [/\bbut for\b/i, 'except'],
  [/\bsave for\b/i, 'except'],
  [/\bfor want of\b/i, 'without'],
  [/\b(?:spelt|spells?)\b/i, 'written'],
]

/** What is quoted is no one's style here. */
const unquoted = (text) => text.replaceAll(/[“"][^”"]*[”"]|‘[^’]*’/g, ' quoted ')

/**
 * The banned words of a passage.
 *
 * @param {string} text
 * @returns {{ found: string, instead: string }[]}
 */
export const bannedIn = (text) =>
  BANNED.flatMap(([pattern, instead]) => {
    const found = unquoted(text).match(pattern)
    return found ? [{ found: found[0], instead }] : []
  })

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
/** Where a sentence begins with code or a file's name, in lower case, Unicode's rules see no end of the one before. */
const END = /(?<=[^.\s]{3}[.!?])\s+(?=\S)/u
const wordsIn = (text) => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,-]*/gu)?.length ?? 0

/**
 * The sentences of a passage, with their number of words.
 *
 * @param {string} text
 */
export const sentencesIn = (text) =>
  Array.from(segmenter.segment(text), ({ segment }) => segment.trim().split(END))
    .flat()
    .map((sentence) => ({ sentence, words: wordsIn(sentence) }))
    .filter(({ words }) => words > 0)

/**
 * Measures a file.
 *
 * @param {import('./passages.mjs').Passage[]} passages
 */
export function measure(passages) {
  const sentences = passages
    .filter((passage) => passage.sentences)
    .flatMap(({ text, line }) => sentencesIn(text).map((sentence) => ({ ...sentence, line })))
  const words = sentences.reduce((sum, sentence) => sum + sentence.words, 0)
  const mean = sentences.length ? words / sentences.length : 0
  return {
    sentences: sentences.length,
    mean,
    longest: Math.max(0, ...sentences.map(({ words }) => words)),
    banned: passages.flatMap(({ text, line }) => bannedIn(text).map((one) => ({ ...one, line }))),
    tooLong: sentences.filter(({ words }) => words > LONGEST),
    meanTooLong: sentences.length >= FEW && mean > MEAN_WORDS,
  }
}
