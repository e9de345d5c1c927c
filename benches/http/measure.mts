// One measured run: autocannon's load. Its own percentiles are whole milliseconds; its events tell each answer's time.

import assert from 'node:assert/strict'

import autocannon, { type Request } from 'autocannon'

import type { Child } from './child.mts'
import type { Usage } from './server.mts'
import { percentile } from './statistics.mts'

export interface Sample {
  /** Requests a second. */
  rps: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** What the server used for one request, in microseconds of processor time. */
  cpu: number
}

export interface Load {
  path: string
  method: 'GET' | 'POST'
  /** One request that is sent repeatedly, or many that are each sent once. The run ends when they are used up. */
  requests: Request[]
  seconds: number
}

const CONNECTIONS = 16

/**
 * Keeps this process from sleeping. Writing to a process that sleeps includes the time to wake it: a server that is slower than
 * its load would, for each answer, and one that is faster would not.
 *
 * @returns What lets it sleep again.
 */
function stayAwake(): () => void {
  let next: NodeJS.Immediate
  const again = () => {
    next = setImmediate(again)
  }
  again()
  return () => clearImmediate(next)
}

/** @throws AssertionError if an answer was not a success. */
async function sendAll(origin: string, { path, method, requests, seconds }: Load) {
  const times: number[] = []
  const share = Math.floor(requests.length / CONNECTIONS)
  let clients = 0
  let [first, last] = [0, 0]
  const options: autocannon.Options = {
    url: origin + path,
    method,
    connections: CONNECTIONS,
    duration: seconds,
    sampleInt: 100,
    // Each connection gets its requests as finished bytes, before the first is sent.
    setupClient(client) {
      const from = clients++ * share
      client.setRequests(share ? requests.slice(from, from + share) : requests)
    },
  }
  if (share) options.maxConnectionRequests = share
  const sleep = stayAwake()
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    run.on('response', (_client, _status, _bytes, milliseconds) => {
      last = performance.now()
      first ||= last
      times.push(milliseconds)
    })
  }).finally(sleep)
  assert.deepEqual([result.non2xx, result.errors, times.length > 0], [0, 0, true], `${origin}${path}`)
  return { rps: (times.length / (last - first)) * 1000, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

/** Sends the load, and asks the server before and after what it has used. */
export async function measure(server: Child<Usage>, load: Load): Promise<Sample> {
  const before = await server.ask()
  const sent = await sendAll(server.origin, load)
  const after = await server.ask()
  return { ...sent, cpu: (after.cpu - before.cpu) / (after.requests - before.requests) }
}
