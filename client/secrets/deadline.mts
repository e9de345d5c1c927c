// Deadlines for services of a browser that sometimes never answer: IndexedDB (WebKit bug 226547), and Web Locks that a
// suspended tab holds.

/** How long to wait if there is no result without an answer, in milliseconds. */
export const PATIENCE_MS = 5_000
/** How long to wait if there is a secret that an answer would most likely confirm, in milliseconds. */
export const SHORT_PATIENCE_MS = 1_500

/** Thrown when a service of the browser does not answer in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly service: string
  /** Whether the service may have made the change: it was already committing when the time was over. */
  readonly mayHaveChanged: boolean

  constructor(service: string, mayHaveChanged = false) {
    super(`${service} did not answer in time`)
    this.service = service
    this.mayHaveChanged = mayHaveChanged
  }
}

/**
 * Waits for `promise`, but not for ever.
 *
 * @param giveUp - Called when the time is over. It must make sure that a late answer changes nothing. It returns `false` if
 *   it is too late to stop the change. The service then gets the same time once more.
 * @throws TimeoutError if there is no answer in time.
 */
export function inTime<T>(
  service: string,
  milliseconds: number,
  promise: Promise<T>,
  giveUp: () => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => {
      if (giveUp()) return reject(new TimeoutError(service))
      timer = setTimeout(() => reject(new TimeoutError(service, true)), milliseconds)
    }, milliseconds)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
