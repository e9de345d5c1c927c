// The clients of Redis that the store knows, each by what it is: a client that is not known may ignore what it is told, and
// take a used proof for a new one.

import { hasMethod } from '../common/options.mts'

/** What the store uses of a client of `redis`. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<unknown>
  get(key: string): Promise<unknown>
  getDel(key: string): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** What the store uses of a client of `ioredis`. */
export interface IoRedisClient {
  readonly status: string
  set(key: string, value: string, unit: 'PX', milliseconds: number, condition: 'NX'): Promise<unknown>
  get(key: string): Promise<unknown>
  getdel(key: string): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** What the store uses of a client of `@valkey/valkey-glide`. */
export interface GlideClient {
  customCommand(command: string[]): Promise<unknown>
}

/** What the store uses of a client of `@upstash/redis`. */
export interface UpstashClient {
  set(key: string, value: string, options: { nx: true; px: number }): Promise<unknown>
  eval(script: string, keys: string[], args: string[]): Promise<unknown>
}

export type RedisClient = NodeRedisClient | IoRedisClient | GlideClient | UpstashClient

/** The commands of the store, each answered as the server answers it. */
export interface Commands {
  /** `SET key value NX PX milliseconds` */
  setNew(key: string, value: string, milliseconds: number): Promise<unknown>
  get(key: string): Promise<unknown>
  getDel(key: string): Promise<unknown>
  /** Runs a script with one key. */
  run(script: string, key: string, ...args: string[]): Promise<unknown>
  /** `INFO memory`; absent where the client's server does not tell. */
  info?(): Promise<unknown>
}

const nodeRedis = (client: NodeRedisClient): Commands => ({
  setNew: (key, value, milliseconds) => client.set(key, value, { NX: true, PX: milliseconds }),
  get: (key) => client.get(key),
  getDel: (key) => client.getDel(key),
  run: (script, key, ...args) => client.eval(script, { keys: [key], arguments: args }),
  ...infoOf(client),
})

const ioRedis = (client: IoRedisClient): Commands => ({
  setNew: (key, value, milliseconds) => client.set(key, value, 'PX', milliseconds, 'NX'),
  get: (key) => client.get(key),
  getDel: (key) => client.getdel(key),
  run: (script, key, ...args) => client.eval(script, 1, key, ...args),
  ...infoOf(client),
})

const glide = (client: GlideClient): Commands => ({
  setNew: (key, value, milliseconds) => client.customCommand(['SET', key, value, 'NX', 'PX', String(milliseconds)]),
  get: (key) => client.customCommand(['GET', key]),
  getDel: (key) => client.customCommand(['GETDEL', key]),
  run: (script, key, ...args) => client.customCommand(['EVAL', script, '1', key, ...args]),
  info: () => client.customCommand(['INFO', 'memory']),
})

/** That client reads a text as JSON where it can, and gives a number or an object: with a letter before it, it cannot. */
const GUARDED = `
  local value = redis.call(ARGV[1], KEYS[1])
  return value and '=' .. value`
const unguarded = (reply: unknown): unknown => {
  if (reply === null) return null
  return typeof reply === 'string' && reply.startsWith('=') ? reply.slice(1) : undefined
}

const upstash = (client: UpstashClient): Commands => ({
  setNew: (key, value, milliseconds) => client.set(key, value, { nx: true, px: milliseconds }),
  get: async (key) => unguarded(await client.eval(GUARDED, [key], ['get'])),
  getDel: async (key) => unguarded(await client.eval(GUARDED, [key], ['getdel'])),
  run: (script, key, ...args) => client.eval(script, [key], args),
})

/** The cluster client of `redis` has no such method. */
const infoOf = (client: object): Pick<Commands, 'info'> =>
  hasMethod(client, 'info')
    ? { info: () => (client as { info(section: string): Promise<unknown> }).info('memory') }
    : {}

const has = (client: object, ...methods: string[]) => methods.every((method) => hasMethod(client, method))

/** The commands of a client; `undefined` if it is of another driver. */
export function commandsOf(client: RedisClient): Commands | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  const { isOpen, status } = client as { isOpen?: unknown; status?: unknown }
  if (typeof isOpen === 'boolean' && has(client, 'sendCommand', 'getDel', 'set', 'eval')) {
    return nodeRedis(client as NodeRedisClient)
  }
  if (typeof status === 'string' && has(client, 'defineCommand', 'getdel', 'set', 'eval')) {
    return ioRedis(client as IoRedisClient)
  }
  if (has(client, 'customCommand', 'getdel', 'invokeScript')) return glide(client as GlideClient)
  if (has(client, 'evalsha', 'getdel', 'set', 'eval', 'autoPipeline')) return upstash(client as UpstashClient)
  return undefined
}
