// The clients of Redis that the store knows, each by what it is. All that is used of them is that they run a script: what else
// they offer they may answer from a cache, compress, convert, or ignore.

import { hasMethod } from '../common/options.mts'

/** What the store uses of a client of `redis`. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** What the store uses of a client of `ioredis`. */
export interface IoRedisClient {
  readonly status: string
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** What the store uses of a client of `@valkey/valkey-glide`. */
export interface GlideClient {
  customCommand(command: string[]): Promise<unknown>
}

/** What the store uses of a client of `@upstash/redis`. */
export interface UpstashClient {
  eval(script: string, keys: string[], args: string[]): Promise<unknown>
}

export type RedisClient = NodeRedisClient | IoRedisClient | GlideClient | UpstashClient

export interface Commands {
  /** Runs a script with one key. */
  run(script: string, key: string, ...args: string[]): Promise<unknown>
  /** `INFO memory`, as the client gives it; absent where it cannot be asked for. */
  info?: () => unknown
  /** Whether a command would go out by now, or wait for a connection that is on its way. */
  isStarted(): boolean
}

/** The cluster client of `redis` has no such method. */
const infoOf = (client: object): Pick<Commands, 'info'> =>
  hasMethod(client, 'info') ? { info: () => (client as { info(section: string): unknown }).info('memory') } : {}

const nodeRedis = (client: NodeRedisClient): Commands => ({
  run: (script, key, ...args) => client.eval(script, { keys: [key], arguments: args }),
  isStarted: () => client.isOpen,
  ...infoOf(client),
})

const ioRedis = (client: IoRedisClient): Commands => ({
  run: (script, key, ...args) => client.eval(script, 1, key, ...args),
  // A client that is to connect at its first command waits for one of the app's.
  isStarted: () => client.status !== 'wait',
  ...infoOf(client),
})

const glide = (client: GlideClient): Commands => ({
  run: (script, key, ...args) => client.customCommand(['EVAL', script, '1', key, ...args]),
  isStarted: () => true,
  info: () => client.customCommand(['INFO', 'memory']),
})

const upstash = (client: UpstashClient): Commands => ({
  run: (script, key, ...args) => client.eval(script, [key], args),
  isStarted: () => true,
})

const has = (client: object, ...methods: string[]) => methods.every((method) => hasMethod(client, method))

/** The commands of a client; `undefined` if it is of another driver. */
export function commandsOf(client: RedisClient): Commands | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  const { isOpen, status } = client as { isOpen?: unknown; status?: unknown }
  if (typeof isOpen === 'boolean' && has(client, 'sendCommand', 'getDel', 'eval')) {
    return nodeRedis(client as NodeRedisClient)
  }
  if (typeof status === 'string' && has(client, 'defineCommand', 'getdel', 'eval')) {
    return ioRedis(client as IoRedisClient)
  }
  if (has(client, 'customCommand', 'getdel', 'invokeScript')) return glide(client as GlideClient)
  if (has(client, 'evalsha', 'getdel', 'eval', 'autoPipeline')) return upstash(client as UpstashClient)
  return undefined
}
