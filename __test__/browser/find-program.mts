// A program of this machine that tests start.

import { execFileSync } from 'node:child_process'

/**
 * @param names - What it may be called, with or without a path.
 * @returns The path of the first that starts.
 * @throws The reason why the last one does not, where none does.
 */
export function findProgram(names: readonly string[]): string {
  let cause: unknown
  for (const name of names) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return name.includes('/') ? name : execFileSync('which', [name], { encoding: 'utf8' }).trim()
    } catch (error) {
      cause = error
    }
  }
  throw cause
}
