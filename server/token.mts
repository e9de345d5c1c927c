// Where a request has its token.

import { hasMethod } from '../common/options.mts'

/** A request's header by its name in lower case; several of one name are joined by commas, and are no token then. */
export type HeaderOf = (name: string) => string | null | undefined

/** What `FormData` and `URLSearchParams` have in common, of any realm or library. */
interface Fields {
  getAll(name: string): unknown[]
}

/** Two tokens stay an array, which is refused as malformed. */
function tokenOf(fields: Fields): unknown {
  const tokens = fields.getAll('proofToken')
  return tokens.length > 1 ? tokens : tokens[0]
}

/**
 * The `proofToken` of a parsed body: an object's own member, or a field of `FormData` or `URLSearchParams`. `undefined` if it
 * has none.
 */
export function proofTokenIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return undefined
  if (hasMethod(body, 'getAll')) return tokenOf(body as Fields)
  return Object.hasOwn(body, 'proofToken') ? (body as { proofToken: unknown }).proofToken : undefined
}

/**
 * The bearer token of an `Authorization` header: what follows the scheme, in any case of letters (RFC 6750 §2.1, RFC 9110
 * §11.1). `undefined` if there is no such header, or it is of another scheme.
 */
export function bearerIn(authorization: string | null | undefined): string | undefined {
  const match = /^Bearer(?: +(.*))?$/i.exec(authorization ?? '')
  return match ? (match[1] ?? '') : undefined
}
