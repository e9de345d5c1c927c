// Services of a browser that are known to wedge: IndexedDB (WebKit bug 226547) and Web Locks of a suspended tab.

/** How long to wait where nothing can be said without an answer, in milliseconds. */
export const PATIENCE_MS = 5_000
/** How long to wait where there is a secret, which an answer would most likely confirm. */
export const SHORT_PATIENCE_MS = 1_500

/** A service of the browser did not answer in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly service: string

  constructor(service: string) {
    super(`${service} did not answer in time`)
    this.service = service
  }
}

/**
 * Waits for `promise`, for a while.
 *
 * @param giveUp - Called when that is over: what comes later must change nothing.
 * @throws TimeoutError
 */
export function inTime<T>(service: string, milliseconds: number, promise: Promise<T>, giveUp: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      giveUp()
      reject(new TimeoutError(service))
    }, milliseconds)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
