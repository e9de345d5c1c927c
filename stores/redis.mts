import { wrongType } from '../common/options.mts'
import { commandsOf, type RedisClient } from './redis-clients.mts'
import { evictionWarning } from './redis-eviction.mts'
import { createStore, type Engine, parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

const CREATE = `return redis.call('set', KEYS[1], ARGV[1], 'nx', 'px', ARGV[2])`
// With a letter before it, no answer of another command passes for a value, and no client reads it as JSON or as a number.
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
 * What the server has answered. Some clients answer themselves, at once: one of a transaction, a pipeline, or one of an old
 * version, which takes a callback. To them nothing would ever have been used before.
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
 * A store in Redis 6.2 or later, or Valkey, for any number of processes. Keys are used as they are.
 *
 * Give it a server that forgets nothing early: `maxmemory-policy noeviction`. Where the server tells another policy, the
 * process emits a warning with the code `LFI_REDIS_EVICTS`. After a fail-over to a replica that lags, or a restart without
 * persistence, what was not written there is forgotten, and a proof can be used again until it expires.
 *
 * @param client - A connected client of `redis`, `ioredis`, `@valkey/valkey-glide` or `@upstash/redis`; the store never
 *   closes it. Listen to the `error` event of the first two.
 * @throws TypeError or RangeError naming the argument, if one is not as described.
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
    // Again, where the client was not connected when the store was made.
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
