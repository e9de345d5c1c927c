import { wrongType } from '../common/options.mts'
import { commandsOf, type RedisClient } from './redis-clients.mts'
import { evictionWarning } from './redis-eviction.mts'
import { createStore, type Engine, parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

const CREATE = `return redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', ARGV[2])`
// With `=` before the value, no reply of another command passes for a value, and no client reads it as JSON or as a number.
const GET = `
  local value = redis.call('get', KEYS[1])
  return value and '=' .. value`
const TAKE = `
  local value = redis.call('getdel', KEYS[1])
  return value and '=' .. value`
const SWAP = `
  if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
  return 1`

const milliseconds = (seconds: number) => String(seconds * 1000)

/**
 * Returns the server's reply as text. Some clients return something of their own at once: a transaction, a pipeline, or an
 * old version that takes a callback. With them, no proof would ever count as used.
 *
 * @throws TypeError if the reply is not the server's.
 */
function answered(reply: unknown): string | undefined {
  if (reply === null) return undefined
  if (typeof reply === 'string' || typeof reply === 'number' || typeof reply === 'bigint') return String(reply)
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString()
  throw new TypeError('the client did not give the answer of the server')
}

function isDone(reply: unknown, done: string, not: string | undefined): boolean {
  const answer = answered(reply)
  if (answer !== done && answer !== not) throw new TypeError('the server gave another answer than it can')
  return answer === done
}

function valueIn(reply: unknown): string | undefined {
  const answer = answered(reply)
  if (answer === undefined) return undefined
  if (!answer.startsWith('=')) throw new TypeError('the server gave another answer than it can')
  return answer.slice(1)
}

/**
 * Makes a store in Redis 6.2 or later, or Valkey, for any number of processes. Keys are used as they are.
 *
 * The server must forget nothing early: set `maxmemory-policy noeviction`. If the server reports another policy, the process
 * emits a warning with the code `LFI_REDIS_EVICTS`.
 *
 * A fail-over to a replica that lags, or a restart without persistence, loses what was not written there. A proof that is
 * lost there can be used again until it expires.
 *
 * @param client - A connected client of `redis`, `ioredis`, `@valkey/valkey-glide` or `@upstash/redis`; the store never
 *   closes it. Listen to the `error` event of the first two.
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the argument,
 *   if one is wrong.
 * @example
 * const redis = new Redis('redis://localhost').on('error', console.error)
 * const useProof = oneTimeProof(redisStore(redis))
 */
export function redisStore(client: RedisClient, options: ServerStoreOptions = {}): Store {
  const timeoutMs = parseServerOptions('redisStore', options)
  const commands =
    commandsOf(client) ??
    wrongType(
      'redisStore',
      '`client` must be a client of `redis`, `ioredis`, `@valkey/valkey-glide` or `@upstash/redis`',
    )
  const warnIfEvicting = evictionWarning(commands)
  void warnIfEvicting()
  const run = (script: string, key: string, ...args: string[]) => {
    // Asks again, because the client may not have been connected when the store was made.
    void warnIfEvicting()
    return commands.run(script, key, ...args)
  }
  const engine: Engine = {
    create: async (key, value, ttl) => isDone(await run(CREATE, key, value, milliseconds(ttl)), 'OK', undefined),
    get: async (key) => valueIn(await run(GET, key)),
    take: async (key) => valueIn(await run(TAKE, key)),
    compareAndSwap: async (key, expected, value, ttl) =>
      isDone(await run(SWAP, key, expected, value, milliseconds(ttl)), '1', '0'),
  }
  return createStore('Redis', engine, { timeoutMs })
}
