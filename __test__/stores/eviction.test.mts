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

  const answering = (info?: () => unknown, more: object = {}) => {
    const run = async () => 'OK'
    return { isOpen: true, sendCommand: run, getDel: run, eval: run, ...(info && { info }), ...more } as never
  }
  const EVICTS = 'maxmemory:1\r\nmaxmemory_policy:allkeys-lru\r\n'
  const warns = async (client: never) =>
    (await warningOf(async () => {
      const store = redisStore(client)
      return () => store.create('key', '', 1)
    })) !== undefined

  it('a server that does not tell: says nothing, and works', async () => {
    const refuses = () => {
      throw new Error('at once')
    }
    const unspeakable = Object.create(null)
    for (const info of [
      undefined,
      () => Promise.reject(new Error('NOPERM')),
      async () => null,
      refuses,
      () => undefined,
    ]) {
      assert.equal(await warns(answering(info)), false)
    }
    assert.equal(await warns(answering(async () => unspeakable)), false)
  })

  it('a cluster: warns if one of its servers evicts, whatever form the client gives the answers', async () => {
    for (const reply of [
      Buffer.from(EVICTS),
      [
        { key: 'one', value: 'maxmemory:0\r\nmaxmemory_policy:noeviction\r\n' },
        { key: 'other', value: EVICTS },
      ],
      { one: EVICTS },
    ]) {
      assert.equal(await warns(answering(async () => reply)), true)
    }
  })

  it('a client that is connected later: asks at the first call, and again when it got no answer', async () => {
    let asked = 0
    const info = async () => {
      if (asked++ === 0) throw new Error('not yet')
      return EVICTS
    }
    const client = answering(info, { isOpen: false }) as { isOpen: boolean }
    const warning = await warningOf(async () => {
      const store = redisStore(client as never)
      assert.equal(asked, 0)
      client.isOpen = true
      return async () => {
        await store.create('key', '', 1)
        assert.equal(asked, 1)
        await new Promise(setImmediate)
        await store.create('key', '', 1)
      }
    })
    assert.equal(asked, 2)
    assert.ok(warning)
  })

  it('a client that connects at its first command: does not connect it', () => {
    const redis = new Redis(port, '127.0.0.1', { lazyConnect: true })
    redisStore(redis)
    assert.equal(redis.status, 'wait')
    redis.disconnect()
  })
})
