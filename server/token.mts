// Where a request has its token.

/** A request's header by its name in lower case; several of one name are joined by commas, and are no token then. */
export type HeaderOf = (name: string) => string | null | undefined

/** The `proofToken` of a parsed body, whatever a stranger sent; `undefined` if it has none of its own. */
export const proofTokenIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, 'proofToken')
    ? (body as { proofToken: unknown }).proofToken
    : undefined

/**
 * The bearer token of an `Authorization` header: what follows the scheme, in any case of letters (RFC 6750 §2.1, RFC 9110
 * §11.1). `undefined` if there is no such header, or it is of another scheme.
 */
export function bearerIn(authorization: string | null | undefined): string | undefined {
  const match = /^Bearer(?: +(.*))?$/i.exec(authorization ?? '')
  return match ? (match[1] ?? '') : undefined
}
