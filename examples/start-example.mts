// Starts an example in a process of its own, as a reader would, for the demo and the tests.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { freePort } from '../__test__/port.mts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Starts an example on free ports, with a database that is deleted when it ends.
 *
 * @param env - More variables for its environment.
 * @param folder - The folder of the example.
 * @throws Error with what the example printed, if it does not start.
 */
export async function startExample(env: Record<string, string> = {}, folder = 'better-auth') {
  const { PORT = String(await freePort()), PROVIDER_PORT = String(await freePort()) } = env
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/${folder}/main.mts`], {
    cwd: root,
    env: {
      ...process.env,
      // In production, Better Auth's rate limit would stop the sign-ups of the demo.
      NODE_ENV: 'development',
      BETTER_AUTH_SECRET: '',
      DATABASE_FILE: '',
      ...env,
      PORT,
      PROVIDER_PORT,
    },
    // The channel ends the example when this process ends, for any reason.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const printed: string[] = []
  const [exited, closed] = [once(child, 'exit'), once(child, 'close')]
  child.stderr?.on('data', (text) => printed.push(String(text)))
  const ready = new Promise((resolve) => {
    child.stdout?.on('data', (text) => {
      printed.push(String(text))
      if (printed.join('').includes('ready on')) resolve(true)
    })
  })
  if (!(await Promise.race([ready, closed.then(() => false)]))) throw new Error(printed.join(''))
  return {
    origin: `http://localhost:${PORT}`,
    /** Returns what it has printed so far. */
    printed: () => printed.join(''),
    /** Ends it. Returns its exit code. */
    async stop(): Promise<number | null> {
      if (child.connected) child.disconnect()
      return (await exited)[0]
    },
  }
}
