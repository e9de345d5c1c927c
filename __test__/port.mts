import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const given = new Set<number>()

/**
 * A port of this machine that nothing listens on, for a program that is told its port. What listens in this process takes
 * port 0 instead, and asks which one it got.
 *
 * @returns Another one each time, below those that systems give to outgoing connections: none takes it in the meantime.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(20_000, 32_768)
    if (given.has(port)) continue
    const server = createServer()
    try {
      await once(server.listen(port), 'listening')
    } catch (error) {
      // Windows keeps ranges of ports for itself.
      if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) continue
      throw error
    }
    await once(server.close(), 'close')
    given.add(port)
    return port
  }
  assert.fail('none of 100 ports is free')
}
