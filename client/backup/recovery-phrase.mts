import { entropyToMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { typeError } from '../../common/errors.mts'

import { decodeSecret, encodeSecret } from '../identity/secret.mts'
import { RecoveryPhraseError } from './phrase-error.mts'
import { readPhrase } from './phrase-reader.mts'

/**
 * Converts a secret to 24 English words, and back (BIP-39, with the secret as the entropy). Anyone who has the words is the
 * user.
 *
 * @example
 * const phrase = RecoveryPhrase.fromSecret(secret)
 * const restored = RecoveryPhrase.toSecret(phrase)
 */
export const RecoveryPhrase = {
  /**
   * Writes a secret in words.
   *
   * @param secret - 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them.
   * @returns 24 words in lower case, with one space between them.
   * @throws RecoveryPhraseError (`invalid-secret`) if `secret` is not a secret.
   */
  fromSecret(secret: string): string {
    const bytes = decodeSecret(secret)
    if (!bytes) throw new RecoveryPhraseError('invalid-secret')
    return entropyToMnemonic(bytes, wordlist)
  },

  /**
   * Reads the secret from what a person typed, pasted or scanned.
   *
   * Ignores punctuation, quotation marks, list marks, invisible characters, case and accents. Numbers from 1 to 24, or from 0
   * to 23, give the order. Other numbers are ignored if they do not contradict it. A word may be split over lines. Its first
   * four letters are enough.
   *
   * The checksum does not find every mistake. If one word is replaced by another of the list, the phrase passes in 1 of 256
   * cases. So show the person the identity before you replace theirs.
   *
   * @param phrase - The text.
   * @returns 43 characters of base64url without padding (32 bytes).
   * @throws RecoveryPhraseError with the `position` of the wrong word, if it is known.
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if it is not a string.
   */
  toSecret(phrase: string): string {
    if (typeof phrase !== 'string') throw typeError('phrase must be a string')
    return encodeSecret(readPhrase(phrase))
  },
} as const
