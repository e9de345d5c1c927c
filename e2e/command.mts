import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'

/** A command that ran: its exit status, and all that it printed. */
export interface Outcome {
  status: number | string
  text: string
}

/** Runs a command that finds its settings and its cache in `home`, not in those of the person who runs the tests. */
export function run(command: string, args: string[], cwd: string, home: string): Promise<Outcome> {
  const { PATH, LANG } = process.env
  const env = { PATH, LANG, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), YARN_ENABLE_TELEMETRY: '0', CI: 'true' }
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, timeout: 120_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? (error ? 'ended' : 0), text: stdout + stderr }),
    )
  })
}

/** Runs a command that must succeed, and returns all that it printed. */
export async function succeed(command: string, args: string[], cwd: string, home: string): Promise<string> {
  const { status, text } = await run(command, args, cwd, home)
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${status}\n${text}`)
  return text
}
