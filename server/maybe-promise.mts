/** A value, or the promise of one where something must be waited for. A value at once spares a request the wait. */
export type MaybePromise<T> = T | Promise<T>
