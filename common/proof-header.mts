/** The request header that contains the proof, in lower case as Node and `Headers` return it. */
export const PROOF_HEADER = 'x-local-first-proof'
