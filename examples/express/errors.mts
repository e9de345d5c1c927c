// What a client is told when nothing else fits: never what went wrong inside.

import type { ErrorRequestHandler, RequestHandler } from 'express'

export const notFound: RequestHandler = (_req, res) => {
  res.status(404).json({ error: 'There is nothing here.', code: 'not-found' })
}

/** What a request is told that Express could not read, by the status that its error has. */
const UNREADABLE: Readonly<Record<number, { error: string; code: string }>> = {
  400: { error: 'The body must be a JSON object.', code: 'invalid-json' },
  413: { error: 'The body is too large.', code: 'body-too-large' },
  415: { error: 'The body has an encoding that is not supported.', code: 'unsupported-encoding' },
}

/** One line, with what a driver said, too. Of the request it has nothing but where it went. */
function log(method: string, path: string, error: unknown): void {
  const cause = error instanceof Error && error.cause ? `; ${error.cause}` : ''
  console.error(`${method} ${path}: ${error}${cause}`.replaceAll(/\s+/g, ' '))
}

/** Express knows it by its four parameters. */
export const answerError: ErrorRequestHandler = (error, req, res, _next) => {
  // `expose` says that it is the client's fault. A status alone might be some other server's, which we asked.
  const unreadable = error?.expose ? UNREADABLE[error.status] : undefined
  if (unreadable) {
    res.status(error.status).json(unreadable)
    return
  }
  log(req.method, req.path, error)
  res.status(500).json({ error: 'Something went wrong here. Try again later.', code: 'internal' })
}
