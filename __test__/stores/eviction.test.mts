// A Redis that may forget used proofs to make room is named when the server starts.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'

import { Redis } from 'ioredis'
import { redisStore } from 'local-first-identity/stores'
import { createClient } from 'redis'

import { freePort } from '../port.mts'
import { absence } from '../services.mts'
import { until } from '../until.mts'

const noServer = await absence('redis-server', 'apt-get install redis-server', async () => {
  const child = spawn('redis-server', ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
})

/** The next warning of the process; `undefined` if none has come when the server has answered everything. */
async function warningOf(start: () => Promise<() => Promise<unknown>>): Promise<Error | undefined> {
  const warnings: Error[] = []
  const note = (warning: Error) => void (warning.message.startsWith('redisStore') && warnings.push(warning))
  process.on('warning', note)
  try {
    const ask = await start()
    await ask()
    // A warning is emitted in the next turn of the event loop.
    await new Promise(setImmediate)
    return warnings[0]
  } finally {
    process.off('warning', note)
  }
}

describe('redisStore', { skip: noServer }, () => {
  let server: ChildProcess
  let port: number
  const config = async (policy: string, maxmemory: string) => {
    const redis = new Redis(port, '127.0.0.1')
    await redis.config('SET', 'maxmemory-policy', policy)
    await redis.config('SET', 'maxmemory', maxmemory)
    redis.disconnect()
  }
  before(async () => {
    port = await freePort()
    server = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      {
        stdio: 'ignore',
      },
    )
    await until('Redis answers', async () => {
      const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
      redis.on('error', () => undefined)
      const answers = await redis.ping().catch(() => undefined)
      redis.disconnect()
      return answers === 'PONG'
    })
  })
  after(async () => {
    server.kill()
    await once(server, 'exit')
  })

  const clients: Record<string, () => Promise<{ client: never; close(): void }>> = {
    async ioredis() {
      const client = new Redis(port, '127.0.0.1')
      return { client: client as never, close: () => client.disconnect() }
    },
    async redis() {
      const client = createClient({ url: `redis://127.0.0.1:${port}` })
      await client.connect()
      return { client: client as never, close: () => client.destroy() }
    },
  }

  for (const [name, connect] of Object.entries(clients)) {
    for (const [policy, maxmemory, warns] of [
      ['allkeys-lru', '100mb', true],
      ['volatile-ttl', '100mb', true],
      ['allkeys-lru', '0', false],
      ['noeviction', '100mb', false],
    ] as const) {
      it(`${name}, ${policy} with ${maxmemory}: ${warns ? 'warns' : 'says nothing'}`, async () => {
        await config(policy, maxmemory)
        const { client, close } = await connect()
        const warning = await warningOf(async () => {
          const store = redisStore(client)
          return () => store.get('key')
        })
        close()
        assert.equal((warning as { code?: string } | undefined)?.code, warns ? 'LFI_REDIS_EVICTS' : undefined)
        if (warns) assert.match(warning?.message ?? '', new RegExp(`is \`${policy}\`\\.`))
      })
    }
  }

  it('a server that does not tell: says nothing, and works', async () => {
    const answer = async () => 'OK'
    const client = { isOpen: true, sendCommand: answer, set: answer, get: answer, getDel: answer, eval: answer }
    for (const info of [undefined, () => Promise.reject(new Error('NOPERM')), async () => null]) {
      const warning = await warningOf(async () => {
        const store = redisStore({ ...client, ...(info && { info }) } as never)
        return () => store.create('key', '', 1)
      })
      assert.equal(warning, undefined)
    }
  })
})
