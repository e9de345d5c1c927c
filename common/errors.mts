/**
 * Why an argument is wrong, with Node's own codes:
 * - `ERR_INVALID_ARG_TYPE`: a `TypeError`, the argument has the wrong type
 * - `ERR_INVALID_ARG_VALUE`: a `TypeError`, the argument has a value that is not allowed
 * - `ERR_OUT_OF_RANGE`: a `RangeError`, the number is too small or too large
 */
export type ArgumentErrorCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE' | 'ERR_OUT_OF_RANGE'

/** Adds a `code` to an error whose class has none. */
export const coded = <E extends Error, C extends string>(error: E, code: C): E & { readonly code: C } =>
  Object.assign(error, { code })

/** Makes the error for an argument of the wrong type. */
export const typeError = (message: string): TypeError => coded(new TypeError(message), 'ERR_INVALID_ARG_TYPE')

/** Makes the error for an argument of the right type with a value that is not allowed. */
export const valueError = (message: string): TypeError => coded(new TypeError(message), 'ERR_INVALID_ARG_VALUE')

/** Makes the error for a number that is too small or too large. */
export const rangeError = (message: string): RangeError => coded(new RangeError(message), 'ERR_OUT_OF_RANGE')

/**
 * Errors that no argument causes:
 * - `ERR_CLOCK`: the device's clock is set to before 1970 or after 9999, so it cannot date a proof
 * - `ERR_CONFIGURATION`: the set-up of Better Auth would lose identities, or let a proof be used twice
 * - `ERR_NO_SESSION`: `sessionOf`, `requireAccount` or `requireAuthMode` runs without `session` before it
 * - `ERR_NO_PROOF`: `proofOf` runs without `identityProof` before it
 * - `ERR_BODY_USED`: in Hono, `c.req.raw` has read the body before `identityProof` could
 * - `ERR_JWKS`: the provider's key set cannot be fetched
 * - `ERR_JOSE_NOT_INSTALLED`: `session` needs the package `jose` for a provider's JWTs
 * - `ERR_NO_PROOF_LEFT`: `proofFor` has already returned every proof that it can: they differ only in their second
 */
export type FaultCode =
  | 'ERR_CLOCK'
  | 'ERR_CONFIGURATION'
  | 'ERR_NO_SESSION'
  | 'ERR_NO_PROOF'
  | 'ERR_BODY_USED'
  | 'ERR_JWKS'
  | 'ERR_JOSE_NOT_INSTALLED'
  | 'ERR_NO_PROOF_LEFT'

/** Makes an error that no argument causes. */
export const fault = (code: FaultCode, message: string, options?: ErrorOptions): Error =>
  coded(new Error(message, options), code)
