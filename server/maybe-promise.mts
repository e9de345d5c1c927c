/**
 * A value, or the promise of one where something must be waited for. Told apart by what the value is, never by what a promise
 * is: an app may have put another `Promise` in the place of the platform's.
 */
export type MaybePromise<T> = T | Promise<T>
