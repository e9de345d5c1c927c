import type { IncomingMessage } from 'node:http'

import type { HeaderOf } from './token.mts'

/** A Node request, or an object that a test or an adapter makes. Those often have no `rawHeaders`. */
type NodeRequest = Pick<IncomingMessage, 'headers'> & Partial<Pick<IncomingMessage, 'rawHeaders'>>

/**
 * Joins duplicate `Authorization` headers, as Node joins other duplicates, so that they are no valid token. Node itself keeps the
 * first one, but a proxy may have checked the second.
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
