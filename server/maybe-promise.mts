/**
 * A value, or a promise of it if something must be awaited. Tell them apart by the value's shape, not by `instanceof Promise`: an
 * app may have replaced the platform's `Promise`.
 */
export type MaybePromise<T> = T | Promise<T>
