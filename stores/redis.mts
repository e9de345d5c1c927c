import { invalid } from '../common/options.mts'
import { type Commands, commandsOf, type RedisClient } from './redis-clients.mts'
import { createStore, type Engine, parseServerOptions, type ServerStoreOptions, type Store } from './store.mts'

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

const engineOf = ({ setNew, get, getDel, run }: Commands): Engine => ({
  create: async (key, value, ttl) => isDone(await setNew(key, value, milliseconds(ttl)), 'OK', undefined),
  get: async (key) => answered(await get(key)),
  take: async (key) => answered(await getDel(key)),
  compareAndSwap: async (key, expected, value, ttl) =>
    isDone(await run(SWAP, key, expected, value, String(milliseconds(ttl))), '1', '0'),
})

/** Says so, once, if the server may forget a used proof to make room. Where it does not tell, nothing is said. */
async function warnIfEvicting({ info }: Commands): Promise<void> {
  const text = String(await info?.().catch(() => ''))
  const [, policy = 'noeviction'] = /^maxmemory_policy:(.+?)\r?$/m.exec(text) ?? []
  if (policy === 'noeviction' || /^maxmemory:0\r?$/m.test(text)) return
  process.emitWarning(
    `redisStore: the server's \`maxmemory-policy\` is \`${policy}\`. When its memory is full it forgets used proofs, which are good again then: set it to \`noeviction\`.`,
    { code: 'LFI_REDIS_EVICTS' },
  )
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
    invalid('redisStore', '`client` must be a client of `redis`, `ioredis`, `@valkey/valkey-glide` or `@upstash/redis`')
  void warnIfEvicting(commands)
  return createStore('Redis', engineOf(commands), { timeoutMs })
}
