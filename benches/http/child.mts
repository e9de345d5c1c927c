// A server in a process of its own, on the loopback interface, and the channel to it.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Child<T> {
  origin: string
  /** Asks the server for what it tells of itself. */
  ask(): Promise<T>
  stop(): Promise<void>
}

/**
 * Starts a server that calls {@link answerParent}. It ends with this process, whatever that dies of.
 *
 * @throws Error if it ends before it is told to.
 */
export async function startServer<T>(file: URL, args: string[], nodeOptions: string[] = []): Promise<Child<T>> {
  const child = fork(file, args, {
    execArgv: ['--import', 'tsx', ...nodeOptions],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const exited = once(child, 'exit')
  const gone = new AbortController()
  child.once('exit', () => gone.abort(new Error('the server ended before it was told to')))
  const message = async () => {
    const [value]: unknown[] = await once(child, 'message', { signal: gone.signal })
    return value
  }
  const port = await message()
  return {
    origin: `http://127.0.0.1:${port}`,
    async ask() {
      child.send('ask')
      return (await message()) as T
    },
    async stop() {
      child.disconnect()
      await exited
    },
  }
}

/** In the child: listens on a free port, tells it, and answers whatever comes over the channel, until that is closed. */
export function answerParent(server: Server, answer: () => unknown): void {
  process.on('message', () => process.send?.(answer()))
  process.on('disconnect', () => process.exit())
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
}
