// Reads in `INFO memory` whether Redis may forget a used proof to make room.

import type { Commands } from './redis-clients.mts'

/** Returns the texts in a reply, in any form that a client has. A cluster returns a text for each of its servers. */
function textsIn(reply: unknown): string[] {
  if (typeof reply === 'string') return [reply]
  if (reply instanceof Uint8Array) return [Buffer.from(reply).toString()]
  return typeof reply === 'object' && reply !== null ? Object.values(reply).flatMap(textsIn) : []
}

/** Returns the policy by which a server evicts; `undefined` if it does not evict, or does not report its policy. */
function evictionIn(text: string): string | undefined {
  const [, policy] = /^maxmemory_policy:(.+?)\r?$/m.exec(text) ?? []
  return policy === 'noeviction' || /^maxmemory:0\r?$/m.test(text) ? undefined : policy
}

/**
 * Returns a function that emits a warning, once, if the server evicts. It asks again if there was no answer, and never
 * rejects.
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
