// The responses when no route matches, and to errors. They never say what went wrong inside.

import type { ErrorRequestHandler, RequestHandler } from 'express'

export const notFound: RequestHandler = (_req, res) => {
  res.status(404).json({ error: 'There is nothing here.', code: 'not-found' })
}

/** The response to a request that Express could not read, by the status of its error. */
const UNREADABLE: Readonly<Record<number, { error: string; code: string }>> = {
  400: { error: 'The body must be a JSON object.', code: 'invalid-json' },
  413: { error: 'The body is too large.', code: 'body-too-large' },
  415: { error: 'The body has an encoding that is not supported.', code: 'unsupported-encoding' },
}

/** Prints one line, with the driver's error, too. Only the request's method and path are in it. */
function log(method: string, path: string, error: unknown): void {
  const cause = error instanceof Error && error.cause ? `; ${error.cause}` : ''
  console.error(`${method} ${path}: ${error}${cause}`.replaceAll(/\s+/g, ' '))
}

/** Express recognises an error handler by its four parameters. */
export const answerError: ErrorRequestHandler = (error, req, res, _next) => {
  // `expose` says that it is the client's fault. A status alone might come from another server that this app has called.
  const unreadable = error?.expose ? UNREADABLE[error.status] : undefined
  if (unreadable) {
    res.status(error.status).json(unreadable)
    return
  }
  log(req.method, req.path, error)
  res.status(500).json({ error: 'Something went wrong here. Try again later.', code: 'internal' })
}
