import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'

/** Asks again and again until the answer is yes; fails when that takes longer than `seconds`. */
export async function until(what: string, ask: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await ask())) {
    if (performance.now() > deadline) assert.fail(`not within ${seconds} s: ${what}`)
    await turn()
  }
}
