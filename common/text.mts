/**
 * Whether a text has a lone surrogate (half of a UTF-16 pair). UTF-8 has no bytes for one: encoders write U+FFFD in its
 * place, and two different texts become one.
 */
export const hasLoneSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text)
