import type { IncomingMessage } from 'node:http'

import type { HeaderOf } from './token.mts'

/** A Node request, or what a test or an adapter makes in its place: the latter often have no `rawHeaders`. */
type NodeRequest = Pick<IncomingMessage, 'headers'> & Partial<Pick<IncomingMessage, 'rawHeaders'>>

/**
 * Of two `Authorization` headers Node keeps the first, and a proxy before it may have looked at the second: here they are
 * joined, as others of one name are, which is no token.
 */
function authorizationIn({ headers, rawHeaders = [] }: NodeRequest): string | undefined {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'authorization')
  return values.length > 1 ? values.join(', ') : headers.authorization?.toString()
}

/** Reads a Node request's headers. */
export const headersOf =
  (request: NodeRequest): HeaderOf =>
  (name) =>
    name === 'authorization' ? authorizationIn(request) : request.headers[name]?.toString()
