// A line between a client and a server of this machine, which can be cut.

import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'

/** What becomes of what a client sends. */
type State =
  /** The request and the answer arrive. */
  | 'whole'
  /** The line breaks before it arrives. */
  | 'broken'
  /** It arrives, and the line breaks before the answer does. */
  | 'broken behind'
  /** It does not arrive until the line is whole again, and no one says so. */
  | 'stalled'

/** Lays a line to the server behind `url`. */
export async function layLine(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const stalled: (() => void)[] = []
  let state: State = 'whole'
  const server = createServer((near) => {
    const far = dial(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    const hangUp = () => [near, far].map((socket) => socket.destroy())
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    const carry = (to: Socket, cut: State) => (bytes: Buffer) => {
      if (state === cut) hangUp()
      else if (state === 'stalled') stalled.push(() => to.write(bytes))
      else to.write(bytes)
    }
    near.on('data', carry(far, 'broken'))
    far.on('data', carry(near, 'broken behind'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const through = new URL(url)
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: through.href,
    set(next: State) {
      state = next
      if (state !== 'stalled') for (const deliver of stalled.splice(0)) deliver()
    },
    async end() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

export type Line = Awaited<ReturnType<typeof layLine>>
