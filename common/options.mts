// Options and other arguments of an app's own code, checked once, when a server starts.

import { rangeError, typeError, valueError } from './errors.mts'
import { nearName } from './near-name.mts'

/** @throws TypeError: an argument has a value that it must not have. */
export function invalid(name: string, what: string): never {
  throw valueError(`${name}: ${what}`)
}

/** @throws TypeError: an argument is of the wrong type. */
export function wrongType(name: string, what: string): never {
  throw typeError(`${name}: ${what}`)
}

/**
 * Whether an object inherits from nothing, or from the `Object.prototype` of any realm: what another one inherits would not
 * be read. A request is none: who forgets to call what makes a middleware has it called with one.
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
 * The options that were given, and nothing that they inherit: on a polluted `Object.prototype`, an option that was left out
 * would have a value.
 *
 * @throws TypeError if they are no object, or have one that is not in `names`.
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

/** @throws TypeError naming the option, if it is not a text of at least one character. */
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

/** Whether a value is an object with such a method: all that is known of what another library made. */
export const hasMethod = (value: unknown, method: string): boolean =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[method] === 'function'
