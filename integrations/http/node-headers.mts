import type { IncomingMessage } from 'node:http'

import type { HeaderOf } from './token.mts'

/**
 * Reads a Node request's headers. Of two `Authorization` headers Node keeps the first, and a proxy before it may have
 * looked at the second: here they are joined, as every other header is.
 */
export const headersOf =
  ({ headers, headersDistinct }: IncomingMessage): HeaderOf =>
  (name) =>
    headersDistinct?.[name]?.join(', ') ?? headers[name]?.toString()
