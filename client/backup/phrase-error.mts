import { CodedError } from '../../common/coded-error.mts'

/** How many words a phrase has. */
export const WORDS = 24

/**
 * Why a phrase cannot be read, or a secret cannot be written as one:
 * - `invalid-length`: the phrase does not have 24 words; `position`, if set, is the first word that is not in the list
 * - `invalid-numbers`: the words are numbered, but not from 1 to 24, each once
 * - `invalid-letter`: the word at `position` has a letter that is not from A to Z: the keyboard is set to another language,
 *   or a letter only looks like one of these
 * - `invalid-word`: the word at `position`, from 1 to 24, is not in the list; the error does not have the word
 * - `invalid-checksum`: every word is in the list, but a word or the order is wrong
 * - `invalid-secret`: the argument of `fromSecret` is not a secret
 */
export type RecoveryPhraseErrorCode =
  | 'invalid-length'
  | 'invalid-numbers'
  | 'invalid-letter'
  | 'invalid-word'
  | 'invalid-checksum'
  | 'invalid-secret'

/** Which word is wrong, and how many there are. */
interface Found {
  position?: number | undefined
  count?: number
}

const notInList = (position: number | undefined) => `Word ${position} is not one of the words of recovery phrases.`

const MESSAGES: Readonly<Record<RecoveryPhraseErrorCode, (found: Found) => string>> = {
  'invalid-length': ({ position, count }) =>
    `A recovery phrase has ${WORDS} words, and this has ${count}.${position ? ` ${notInList(position)}` : ''}`,
  'invalid-numbers': () => `The words are numbered, but not from 1 to ${WORDS}, each once.`,
  'invalid-letter': ({ position }) => `Word ${position} has a letter that is not from A to Z.`,
  'invalid-word': ({ position }) => notInList(position),
  'invalid-checksum': () => 'These words are no recovery phrase: one is wrong, or they are in another order.',
  'invalid-secret': () => 'A secret must be 32 bytes as 43 characters of base64url without padding.',
}

/**
 * Thrown when a phrase cannot be read, or a secret cannot be written as one. Neither the message nor any property has a word
 * of the phrase.
 *
 * @example
 * if (error instanceof RecoveryPhraseError) console.log(error.message, error.position)
 */
export class RecoveryPhraseError extends CodedError<RecoveryPhraseErrorCode> {
  override readonly name = 'RecoveryPhraseError'
  /**
   * The position of the first wrong word, from 1. Set with `invalid-letter` and `invalid-word`, and with `invalid-length` if
   * a word is not in the list.
   */
  readonly position: number | undefined

  constructor(code: RecoveryPhraseErrorCode, found: Found = {}) {
    super(code, MESSAGES[code](found))
    this.position = found.position
  }
}
