import type { IncomingMessage } from 'node:http'

import type { HeaderOf } from './token.mts'

/**
 * Of two `Authorization` headers Node keeps the first, and a proxy before it may have looked at the second: here they are
 * joined, as others of one name are, which is no token.
 */
function authorizationIn({ headers, rawHeaders }: IncomingMessage): string | undefined {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'authorization')
  return values.length > 1 ? values.join(', ') : headers.authorization
}

/** Reads a Node request's headers. */
export const headersOf =
  (request: IncomingMessage): HeaderOf =>
  (name) =>
    name === 'authorization' ? authorizationIn(request) : request.headers[name]?.toString()
