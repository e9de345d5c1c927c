// The clients of Redis that the store knows, and how it recognises each. The store only runs scripts with them: other
// commands may be answered from a cache, compressed, converted or ignored.

import { hasMethod } from '../common/options.mts'

/** The part of a client of `redis` that the store uses. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** The part of a client of `ioredis` that the store uses. */
export interface IoRedisClient {
  readonly status: string
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** The part of a client of `@valkey/valkey-glide` that the store uses. */
export interface GlideClient {
  customCommand(command: string[]): Promise<unknown>
}

/** The part of a client of `@upstash/redis` that the store uses. */
export interface UpstashClient {
  eval(script: string, keys: string[], args: string[]): Promise<unknown>
}

export type RedisClient = NodeRedisClient | IoRedisClient | GlideClient | UpstashClient

export interface Commands {
  /** Runs a script with one key. */
  run(script: string, key: string, ...args: string[]): Promise<unknown>
  /** Returns `INFO memory`, in the client's own form; absent if the client cannot ask for it. */
  info?: () => unknown
  /** Whether the client is connected or connecting, so that a command goes out now or soon. */
  isStarted(): boolean
}

/** Returns `info`, if the client has it. The cluster client of `redis` does not. */
const infoOf = (client: object): Pick<Commands, 'info'> =>
  hasMethod(client, 'info') ? { info: () => (client as { info(section: string): unknown }).info('memory') } : {}

const nodeRedis = (client: NodeRedisClient): Commands => ({
  run: (script, key, ...args) => client.eval(script, { keys: [key], arguments: args }),
  isStarted: () => client.isOpen,
  ...infoOf(client),
})

const ioRedis = (client: IoRedisClient): Commands => ({
  run: (script, key, ...args) => client.eval(script, 1, key, ...args),
  // A client that connects at its first command waits for a command of the app.
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

/** Returns the commands of a client; `undefined` if it is of another driver. */
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
