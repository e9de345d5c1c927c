// The server that benches/http.mts measures, in a process of its own: `server.mts FRAMEWORK GUARD MAX_ENTRIES`.

import { memoryStore, oneTimeProof } from 'local-first-identity/stores'

import { apps, type Framework, type Guards } from './apps.mts'
import { answerParent } from './child.mts'
import { APP_ID, AUDIENCE } from './tokens.mts'

export type Guard = 'none' | 'one-time' | 'reusable' | 'session'

/** What the server has done and used since it started. */
export interface Usage {
  requests: number
  /** Of all its threads, in microseconds. */
  cpu: number
}

const [framework, guard, maxEntries] = process.argv.slice(2) as [Framework, Guard, string]
const guards: Record<Guard, () => Guards> = {
  none: () => ({}),
  'one-time': () => ({
    proof: { audience: AUDIENCE, useProof: oneTimeProof(memoryStore({ maxEntries: Number(maxEntries) })) },
  }),
  reusable: () => ({ proof: { audience: AUDIENCE, useProof: false } }),
  session: () => ({ session: { appId: APP_ID } }),
}

const server = await apps[framework](guards[guard]())
let requests = 0
server.on('request', () => {
  requests += 1
})
answerParent(server, (): Usage => {
  const { user, system } = process.cpuUsage()
  return { requests, cpu: user + system }
})
