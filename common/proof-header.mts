/** The header that a proof is sent in. Its name in lower case, as Node and `Headers` give it. */
export const PROOF_HEADER = 'x-local-first-proof'
