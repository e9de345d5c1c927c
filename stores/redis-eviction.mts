// Whether a Redis may forget a used proof to make room: what its `INFO memory` says.

import type { Commands } from './redis-clients.mts'

/** The texts in an answer: of one server, or of each in a cluster, by whatever way a client puts them together. */
function textsIn(reply: unknown): string[] {
  if (typeof reply === 'string') return [reply]
  if (reply instanceof Uint8Array) return [Buffer.from(reply).toString()]
  return typeof reply === 'object' && reply !== null ? Object.values(reply).flatMap(textsIn) : []
}

/** The policy by which a server evicts; `undefined` if it does not, or does not tell. */
function evictionIn(text: string): string | undefined {
  const [, policy] = /^maxmemory_policy:(.+?)\r?$/m.exec(text) ?? []
  return policy === 'noeviction' || /^maxmemory:0\r?$/m.test(text) ? undefined : policy
}

/**
 * Makes what emits a warning, once, if the server evicts. It asks again when it got no answer, and never fails.
 */
export function evictionWarning({ info, isStarted }: Commands): () => Promise<void> {
  let answered = info === undefined
  return async () => {
    if (answered || !isStarted()) return
    answered = true
    try {
      const [policy] = textsIn(await info?.()).flatMap((text) => evictionIn(text) ?? [])
      if (policy !== undefined) warn(policy)
    } catch {
      answered = false
    }
  }
}

const warn = (policy: string) =>
  process.emitWarning(
    `redisStore: the server's \`maxmemory-policy\` is \`${policy}\`. When its memory is full it forgets used proofs, which are good again then: set it to \`noeviction\`.`,
    { code: 'LFI_REDIS_EVICTS' },
  )
