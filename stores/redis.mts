import { hasMethod, invalid } from '../common/options.mts'
import { createStore, type Engine, parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

/** What the store uses of a client of `redis`. */
export interface NodeRedisClient {
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<unknown>
  get(key: string): Promise<unknown>
  getDel(key: string): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** What the store uses of a client of `ioredis`. */
export interface IoRedisClient {
  set(key: string, value: string, unit: 'PX', milliseconds: number, condition: 'NX'): Promise<unknown>
  get(key: string): Promise<unknown>
  getdel(key: string): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

const SWAP = `
  if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
  return 1`

const milliseconds = (seconds: number) => seconds * 1000

/**
 * What the server has answered. Some clients answer themselves, at once: one of a transaction, a pipeline, or one of an old
 * version, which takes a callback. To them nothing would ever have been used before.
 */
function answered(reply: unknown): string | undefined {
  if (reply === null) return undefined
  if (typeof reply === 'string' || typeof reply === 'number') return String(reply)
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString()
  throw new TypeError('the client did not give the answer of the server')
}

function isDone(reply: unknown, done: string, not: string | undefined): boolean {
  const answer = answered(reply)
  if (answer !== done && answer !== not) throw new TypeError('the server gave another answer than it can')
  return answer === done
}

const isCreated = (reply: unknown) => isDone(reply, 'OK', undefined)
const isSwapped = (reply: unknown) => isDone(reply, '1', '0')

const nodeRedis = (client: NodeRedisClient): Engine => ({
  create: async (key, value, ttl) => isCreated(await client.set(key, value, { NX: true, PX: milliseconds(ttl) })),
  get: async (key) => answered(await client.get(key)),
  take: async (key) => answered(await client.getDel(key)),
  compareAndSwap: async (key, expected, value, ttl) =>
    isSwapped(await client.eval(SWAP, { keys: [key], arguments: [expected, value, String(milliseconds(ttl))] })),
})

const ioRedis = (client: IoRedisClient): Engine => ({
  create: async (key, value, ttl) => isCreated(await client.set(key, value, 'PX', milliseconds(ttl), 'NX')),
  get: async (key) => answered(await client.get(key)),
  take: async (key) => answered(await client.getdel(key)),
  compareAndSwap: async (key, expected, value, ttl) =>
    isSwapped(await client.eval(SWAP, 1, key, expected, value, String(milliseconds(ttl)))),
})

/**
 * A store in Redis 6.2 or later, for any number of processes. Keys are used as they are.
 *
 * Give it a server that forgets nothing early: `maxmemory-policy noeviction`. After a fail-over to a replica that lags, or
 * a restart without persistence, what was not written there is forgotten, and a proof can be used again until it expires.
 *
 * @param client - A connected client of `redis` or `ioredis`; the store never closes it. Listen to its `error` event.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
 */
export function redisStore(client: NodeRedisClient | IoRedisClient, options: ServerStoreOptions = {}): Store {
  const timeoutMs = parseServerOptions('redisStore', options)
  if (hasMethod(client, 'getDel')) return createStore('Redis', nodeRedis(client as NodeRedisClient), timeoutMs)
  if (hasMethod(client, 'getdel')) return createStore('Redis', ioRedis(client as IoRedisClient), timeoutMs)
  invalid('redisStore', '`client` must be a client of `redis` or `ioredis`')
}
