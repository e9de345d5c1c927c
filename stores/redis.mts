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
const textOrNothing = (reply: unknown) => (reply === null || reply === undefined ? undefined : String(reply))

const nodeRedis = (client: NodeRedisClient): Engine => ({
  create: async (key, value, ttl) => (await client.set(key, value, { NX: true, PX: milliseconds(ttl) })) !== null,
  get: async (key) => textOrNothing(await client.get(key)),
  take: async (key) => textOrNothing(await client.getDel(key)),
  compareAndSwap: async (key, expected, value, ttl) =>
    Number(await client.eval(SWAP, { keys: [key], arguments: [expected, value, String(milliseconds(ttl))] })) === 1,
})

const ioRedis = (client: IoRedisClient): Engine => ({
  create: async (key, value, ttl) => (await client.set(key, value, 'PX', milliseconds(ttl), 'NX')) !== null,
  get: async (key) => textOrNothing(await client.get(key)),
  take: async (key) => textOrNothing(await client.getdel(key)),
  compareAndSwap: async (key, expected, value, ttl) =>
    Number(await client.eval(SWAP, 1, key, expected, value, String(milliseconds(ttl)))) === 1,
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
