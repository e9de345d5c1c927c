// Upstash's REST API in front of a real Redis: what its client needs of it.

import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Redis } from 'ioredis'

import { REDIS_URL } from '../services.mts'

/** Texts as Base64, if the client asks for that: it does by default. */
const encode = (reply: unknown): unknown =>
  typeof reply === 'string' && reply !== 'OK' ? Buffer.from(reply).toString('base64') : reply

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** Starts it; `close` ends it, with its connection to Redis. */
export async function startUpstash(): Promise<{ url: string; close(): Promise<void> }> {
  const redis = new Redis(REDIS_URL)
  const run = async ([name, ...args]: [string, ...string[]], encoded: boolean) => {
    const reply = await redis.call(name, ...args.map(String))
    return { result: encoded ? encode(reply) : reply }
  }
  const server = createServer(async (request, response) => {
    const encoded = request.headers['upstash-encoding'] === 'base64'
    const body = await bodyOf(request)
    const commands = (request.url === '/pipeline' ? body : [body]) as [string, ...string[]][]
    const replies = await Promise.all(commands.map((command) => run(command, encoded)))
    const answer = request.url === '/pipeline' ? replies : replies[0]
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      redis.disconnect()
    },
  }
}
