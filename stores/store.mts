// The interface of every store, and what does not depend on the engine: arguments, deadlines and errors.

import { CodedError } from '../common/coded-error.mts'
import { rangeError, typeError, valueError } from '../common/errors.mts'
import { checkCount, ownOptions } from '../common/options.mts'
import { hasLoneSurrogate } from '../common/text.mts'

/**
 * Shared state that expires, on any engine. Each method is one atomic step, however many processes call it at once. An
 * expired entry counts as absent.
 *
 * - `key`: 1 to 255 characters of printable ASCII without spaces, not beginning with `lfi:`
 * - `value`: at most 65,536 characters, well-formed Unicode without U+0000
 * - `ttlSeconds`: how long the entry lasts, in whole seconds from 1 to 31,622,400 (366 days)
 *
 * Every method rejects with a `TypeError` or `RangeError` that names the argument, if one is wrong. It rejects with a
 * {@link StoreError} if the engine fails or does not answer in time. What a failed call has done is not known: treat it as
 * refused.
 */
export interface Store {
  /** Makes an entry, if there is none with this key. Returns `true` to only one of many callers. */
  create(key: string, value: string, ttlSeconds: number): Promise<boolean>
  /** Returns the value of an entry; `undefined` if there is none. */
  get(key: string): Promise<string | undefined>
  /** Replaces `expected` by `value`, if `expected` is the value. Returns `true` to only one of many callers. */
  compareAndSwap(key: string, expected: string, value: string, ttlSeconds: number): Promise<boolean>
  /** Removes an entry and returns its value to only one of many callers. Returns `undefined` to all others. */
  take(key: string): Promise<string | undefined>
}

/** The methods of an engine. They get arguments that are already checked. */
export type Engine = {
  [Method in keyof Store]: (
    ...args: Parameters<Store[Method]>
  ) => ReturnType<Store[Method]> | Awaited<ReturnType<Store[Method]>>
}

/**
 * The code of a `StoreError`:
 * - `ERR_STORE`: the store failed, did not answer in time or is full; treat it as refused; `cause` has the driver's error
 */
export type StoreErrorCode = 'ERR_STORE'

/**
 * Thrown when a store fails or does not answer. This is a server-side problem, and never a verdict on a proof. `cause` has
 * the driver's error.
 *
 * @example
 * if (error instanceof StoreError) console.error(error.message, error.cause)
 */
export class StoreError extends CodedError<StoreErrorCode> {
  override readonly name = 'StoreError'

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_STORE', message, options)
  }
}

const MAX_TTL_SECONDS = 366 * 24 * 60 * 60
const MAX_VALUE_LENGTH = 65_536

function checkKey(key: unknown): void {
  if (typeof key !== 'string' || !/^[!-~]{1,255}$/.test(key)) {
    throw valueError('`key` must be 1 to 255 characters of printable ASCII without spaces')
  }
}

/** Refuses what an engine would not keep as it is: PostgreSQL takes no U+0000, and no encoding has a lone surrogate. */
function checkValue(name: string, value: unknown): void {
  if (typeof value !== 'string' || value.length > MAX_VALUE_LENGTH || value.includes('\0') || hasLoneSurrogate(value)) {
    throw valueError(`\`${name}\` must be at most 65,536 characters of well-formed Unicode without U+0000`)
  }
}

function checkTtl(ttlSeconds: unknown): void {
  if (!Number.isInteger(ttlSeconds)) throw typeError('`ttlSeconds` must be a whole number of seconds')
  if ((ttlSeconds as number) < 1 || (ttlSeconds as number) > MAX_TTL_SECONDS) {
    throw rangeError('`ttlSeconds` must be from 1 to 31,622,400')
  }
}

/** How an engine answers. */
export interface EngineOptions {
  /** How long it may take, in milliseconds. Default: no limit, because it answers at once. */
  timeoutMs?: number
  /** Whether all users of the store share one clock. If so, used proofs are not remembered longer. Default `false`. */
  oneClock?: boolean
}

/** What the library itself uses of a store. */
interface Internals {
  /** The store without the check of the namespace. */
  store: Store
  oneClock: boolean
}

const internals = new WeakMap<Store, Internals>()

/**
 * Returns the store as the library uses it, with the library's own keys allowed. A store that an app has made itself is
 * returned unchanged.
 *
 * Apps get a store that refuses these keys. An app may pass a stranger's text to `store.take(…)`, which must not reach what
 * the library remembers.
 */
export const internalsOf = (store: Store): Internals => internals.get(store) ?? { store, oneClock: false }

/** The start of every key of the library's own. */
export const NAMESPACE = 'lfi:'

function checkNamespace(key: unknown): void {
  if (typeof key === 'string' && key.startsWith(NAMESPACE)) {
    throw valueError(
      `\`key\` must not begin with \`${NAMESPACE}\`: such keys are the library's own. Give \`oneTimeProof\` the store itself.`,
    )
  }
}

/**
 * Makes a store from an engine.
 *
 * @param name - The name of the engine in errors.
 */
export function createStore(name: string, engine: Engine, { timeoutMs, oneClock = false }: EngineOptions = {}): Store {
  async function run<T>(method: string, step: () => T | Promise<T>): Promise<T> {
    try {
      return await (timeoutMs === undefined ? step() : withDeadline(step, timeoutMs))
    } catch (cause) {
      if (cause instanceof StoreError) throw cause
      throw new StoreError(`The ${name} store failed to ${method}: treat it as refused; see \`cause\`.`, { cause })
    }
  }
  const store: Store = {
    async create(key, value, ttlSeconds) {
      checkKey(key)
      checkValue('value', value)
      checkTtl(ttlSeconds)
      return run('create', () => engine.create(key, value, ttlSeconds))
    },
    async get(key) {
      checkKey(key)
      return run('get', () => engine.get(key))
    },
    async compareAndSwap(key, expected, value, ttlSeconds) {
      checkKey(key)
      checkValue('expected', expected)
      checkValue('value', value)
      checkTtl(ttlSeconds)
      return run('compare and swap', () => engine.compareAndSwap(key, expected, value, ttlSeconds))
    },
    async take(key) {
      checkKey(key)
      return run('take', () => engine.take(key))
    },
  }
  const own = withoutNamespace(store)
  internals.set(own, { store, oneClock })
  return own
}

/** Returns the store that an app gets. It refuses the library's own keys. */
function withoutNamespace(store: Store): Store {
  const guarded =
    <Args extends [key: string, ...unknown[]], T>(step: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      checkNamespace(args[0])
      return step(...args)
    }
  return {
    create: guarded(store.create),
    get: guarded(store.get),
    compareAndSwap: guarded(store.compareAndSwap),
    take: guarded(store.take),
  }
}

/** Rejects if a step takes too long. Drivers wait for a lost server for minutes, or for ever, while a person waits. */
async function withDeadline<T>(step: () => T | Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([step(), deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** The options of a store on a server. */
export interface ServerStoreOptions {
  /** How long the server may take to answer a call, in milliseconds from 1 to 60,000. Default 5,000. */
  timeoutMs?: number | undefined
}

/** @throws TypeError or RangeError naming the option, if it is wrong. */
export function parseServerOptions(name: string, options: ServerStoreOptions): number {
  const { timeoutMs = 5_000 } = ownOptions(name, options, ['timeoutMs'])
  checkCount(name, 'timeoutMs', timeoutMs, 60_000)
  return timeoutMs
}
