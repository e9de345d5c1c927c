// The commands that documents tell readers to type.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const missing = ['bash', 'curl'].find((name) => spawnSync(name, ['--version']).error)

/** Why commands cannot be run here; `false` if they can. */
export const noShell = missing !== undefined && `${missing} is not here`

/** Runs commands in the project's folder, to the first that fails. */
export function runCommands(script: string): { stdout: string; stderr: string } {
  // Where standard input is a socket, as Node makes it, bash takes itself for a remote shell's and reads its start-up file.
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  return spawnSync('bash', ['-euc', script], { cwd: root, encoding: 'utf8', stdio })
}
