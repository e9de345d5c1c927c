// Checks the options and other arguments that an app's own code passes: once, when a server starts.

import { rangeError, typeError, valueError } from './errors.mts'
import { nearName } from './near-name.mts'

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`): an argument has a value that is not allowed. */
export function invalid(name: string, what: string): never {
  throw valueError(`${name}: ${what}`)
}

/** @throws TypeError (`ERR_INVALID_ARG_TYPE`): an argument has the wrong type. */
export function wrongType(name: string, what: string): never {
  throw typeError(`${name}: ${what}`)
}

/**
 * Whether a value is an object that inherits from nothing, or only from the `Object.prototype` of any realm. Options that
 * are inherited from anything else would not be read.
 *
 * This refuses a request. If an app registers a middleware's factory without calling it, the framework calls the factory
 * with a request.
 */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  return !prototype || (!Object.getPrototypeOf(prototype) && Object.hasOwn(prototype, 'isPrototypeOf'))
}

function noOption(name: string, key: string, names: readonly string[]): never {
  const near = nearName(key, names)
  invalid(name, `there is no option \`${key}\`${near ? `; did you mean \`${near}\`?` : ''}`)
}

/**
 * Returns the given options without anything that they inherit. Otherwise, on a polluted `Object.prototype`, an option that
 * was left out would have a value.
 *
 * @throws TypeError if they are not a plain object (`ERR_INVALID_ARG_TYPE`), or have an option that is not in `names`
 *   (`ERR_INVALID_ARG_VALUE`).
 */
export function ownOptions<T extends object>(name: string, options: T, names: readonly string[]): T {
  if (!isPlain(options)) wrongType(name, '`options` must be a plain object')
  const own = Object.create(null)
  for (const key of Object.getOwnPropertyNames(options)) {
    if (!names.includes(key)) noOption(name, key, names)
    own[key] = options[key as keyof T]
  }
  return own
}

/** @throws TypeError naming the option, if it is not a function. */
export function checkFunction(name: string, option: string, value: unknown): void {
  if (typeof value !== 'function') wrongType(name, `\`${option}\` must be a function`)
}

/** @throws TypeError naming the option, if it is not a boolean. */
export function checkBoolean(name: string, option: string, value: unknown): void {
  if (typeof value !== 'boolean') wrongType(name, `\`${option}\` must be a boolean`)
}

/** @throws TypeError naming the option, if it is not a string of at least one character. */
export function checkText(name: string, option: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') {
    wrongType(name, `\`${option}\` must be a string of at least one character`)
  }
}

/** @throws TypeError or RangeError naming the option, if it is not a whole number from 1 to `most`. */
export function checkCount(name: string, option: string, value: unknown, most: number): asserts value is number {
  if (!Number.isInteger(value)) wrongType(name, `\`${option}\` must be a whole number`)
  if ((value as number) >= 1 && (value as number) <= most) return
  throw rangeError(`${name}: \`${option}\` must be from 1 to ${most.toLocaleString('en')}`)
}

/** Whether a value is an object with this method. Nothing else is known of an object from another library. */
export const hasMethod = (value: unknown, method: string): boolean =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[method] === 'function'
