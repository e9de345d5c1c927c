// Prints the demo: one line for each step, and whether it had the expected result.

import { isDeepStrictEqual, styleText } from 'node:util'

const colours = process.stdout.isTTY && process.stdout.hasColors()
const paint = (colour: Parameters<typeof styleText>[0], text: string) => (colours ? styleText(colour, text) : text)
/** East Asian letters take two columns of a terminal. */
const pad = (text: string, columns: number) => text.padEnd(columns - (text.match(/[\u2e80-\uffdc]/g)?.length ?? 0))
let wrong = 0

export const title = (text: string): void => console.log(`\n${paint('bold', text)}`)
export const fact = (what: string, text: string): void => console.log(`    ${pad(what, 42)} ${paint('dim', text)}`)

/** Prints one step, and whether it had the expected result. */
export function step(what: string, seen: unknown, expected: unknown, verdict = String(seen)): void {
  const right = isDeepStrictEqual(seen, expected)
  if (!right) wrong++
  console.log(`  ${right ? paint('green', '✓') : paint('red', '✗')} ${pad(what, 42)} ${verdict}`)
  if (!right) console.log(paint('red', `    expected ${JSON.stringify(expected)}, was ${JSON.stringify(seen)}`))
}

export const accepted = (text: string): string => paint('green', `accepted  ${text}`)
export const refused = (text: string): string => paint('yellow', `refused   ${text}`)

/** Prints the last line. Returns whether everything was right. */
export function conclude(): boolean {
  const text = wrong === 0 ? paint('green', 'Everything is right.') : paint('red', `Wrong: ${wrong}.`)
  console.log(`\n${text}`)
  return wrong === 0
}
