// Services of a browser that are known to wedge: IndexedDB (WebKit bug 226547) and Web Locks of a suspended tab.

/** How long to wait where nothing can be said without an answer, in milliseconds. */
export const PATIENCE_MS = 5_000
/** How long to wait where there is a secret, which an answer would most likely confirm. */
export const SHORT_PATIENCE_MS = 1_500

/** A service of the browser did not answer in time. */
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
 * Waits for `promise`, for a while.
 *
 * @param giveUp - Called when the time is over. What comes later must change nothing. Gives `false` if it is too late to stop the
 *   change: then it has as much time again to answer.
 * @throws TimeoutError
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
