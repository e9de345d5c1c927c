// Finds the token in a request.

import { hasMethod } from '../common/options.mts'

/** Gives a request's header by its name in lower case. Duplicate headers are joined by commas, which is no valid token. */
export type HeaderOf = (name: string) => string | null | undefined

/** What `FormData` and `URLSearchParams` of any realm or library have in common. */
interface Fields {
  getAll(name: string): unknown[]
}

/** Duplicate tokens stay an array, which is refused as malformed. */
function tokenOf(fields: Fields): unknown {
  const tokens = fields.getAll('proofToken')
  return tokens.length > 1 ? tokens : tokens[0]
}

/**
 * Finds the `proofToken` of a parsed body: an object's own member, or a field of `FormData` or `URLSearchParams`. `undefined` if
 * there is none.
 */
export function proofTokenIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return undefined
  if (hasMethod(body, 'getAll')) return tokenOf(body as Fields)
  return Object.hasOwn(body, 'proofToken') ? (body as { proofToken: unknown }).proofToken : undefined
}

/**
 * Finds the bearer token of an `Authorization` header. The scheme's case does not matter (RFC 6750 §2.1, RFC 9110 §11.1).
 * `undefined` if there is no such header, or it has another scheme.
 */
export function bearerIn(authorization: string | null | undefined): string | undefined {
  const match = /^Bearer(?: +(.*))?$/i.exec(authorization ?? '')
  return match ? (match[1] ?? '') : undefined
}
