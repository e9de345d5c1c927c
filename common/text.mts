/**
 * Whether a text has a lone surrogate (half of a UTF-16 pair). UTF-8 has no bytes for one. Encoders write U+FFFD in its
 * place, so two different texts become the same.
 */
export const hasLoneSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text)
