import { entropyToMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { typeError } from '../../common/errors.mts'

import { decodeSecret, encodeSecret } from '../identity/secret.mts'
import { RecoveryPhraseError } from './phrase-error.mts'
import { readPhrase } from './phrase-reader.mts'

/** A secret as 24 English words, and back (BIP-39, with the secret as the entropy). Anyone who has the words is the user. */
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
   * Reads the secret from what a person typed, pasted or scanned.
   *
   * Numbers, punctuation, quotation marks, list marks, invisible characters, case and accents carry nothing. Numbers from 1 to
   * 24 give the order. A word may be split over lines. Its first four letters are enough.
   *
   * @param phrase - The text.
   * @returns 43 characters of base64url without padding (32 bytes).
   * @throws RecoveryPhraseError naming the word that is wrong, where that is known. A phrase with another word of the list in
   *   place of its own passes in 1 of 256 cases: show the person the identity before you replace theirs.
   * @throws TypeError if it is no string.
   */
  toSecret(phrase: string): string {
    if (typeof phrase !== 'string') throw typeError('phrase must be a string')
    return encodeSecret(readPhrase(phrase))
  },
} as const
