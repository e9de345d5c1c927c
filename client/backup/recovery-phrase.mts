import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

import { CodedError } from '../../common/coded-error.mts'
import { decodeSecret, encodeSecret } from '../identity/secret.mts'

const WORDS = 24

/**
 * What is wrong with a phrase, or with the secret that one was to be made of:
 * - `invalid-length`: it does not have 24 words
 * - `invalid-word`: a word is not in the list
 * - `invalid-checksum`: all are in the list, but one is wrong, or they are in another order
 * - `invalid-secret`: `fromSecret` was given no secret
 */
export type RecoveryPhraseErrorCode = 'invalid-length' | 'invalid-word' | 'invalid-checksum' | 'invalid-secret'

const MESSAGES: Readonly<Record<Exclude<RecoveryPhraseErrorCode, 'invalid-word'>, string>> = {
  'invalid-length': `A recovery phrase has ${WORDS} words.`,
  'invalid-checksum': 'These words are no recovery phrase: one is wrong, or they are in another order.',
  'invalid-secret': 'A secret must be 32 bytes as 43 characters of base64url without padding.',
}

/** A phrase is none. Neither the message nor any property has a word of it. */
export class RecoveryPhraseError extends CodedError<RecoveryPhraseErrorCode> {
  override readonly name = 'RecoveryPhraseError'
  /** With `invalid-word`, which word is the first that is not in the list, from 1 to 24. */
  readonly position: number | undefined

  constructor(code: RecoveryPhraseErrorCode, position?: number) {
    super(
      code,
      code === 'invalid-word' ? `Word ${position} is not one of the words of recovery phrases.` : MESSAGES[code],
    )
    this.position = position
  }
}

/** A secret as 24 English words, and back (BIP-39, with the secret as the entropy). Whoever has the words is the user. */
export const RecoveryPhrase = {
  /**
   * Writes a secret in words.
   *
   * @param secret - 43 characters of base64url without padding (32 bytes).
   * @returns 24 words of lower case, with a space between.
   * @throws RecoveryPhraseError with `invalid-secret`.
   */
  fromSecret(secret: string): string {
    const bytes = decodeSecret(secret)
    if (!bytes) throw new RecoveryPhraseError('invalid-secret')
    return entropyToMnemonic(bytes, wordlist)
  },

  /**
   * Reads the secret from what a person typed. Case, and what kind of space or how much there is between the words, do not
   * matter.
   *
   * @param phrase - What was typed.
   * @returns 43 characters of base64url without padding (32 bytes).
   * @throws RecoveryPhraseError if it is not the phrase of a secret. Of 256 phrases with a wrong word that is in the list,
   *   one passes: compare the user ID where the person can tell.
   * @throws TypeError if it is no string.
   */
  toSecret(phrase: string): string {
    if (typeof phrase !== 'string') throw new TypeError('phrase must be a string')
    const words = phrase.toLowerCase().match(/\S+/g) ?? []
    if (words.length !== WORDS) throw new RecoveryPhraseError('invalid-length')
    const unknown = words.findIndex((word) => !wordlist.includes(word))
    if (unknown !== -1) throw new RecoveryPhraseError('invalid-word', unknown + 1)
    try {
      return encodeSecret(mnemonicToEntropy(words.join(' '), wordlist))
    } catch {
      throw new RecoveryPhraseError('invalid-checksum')
    }
  },
} as const
