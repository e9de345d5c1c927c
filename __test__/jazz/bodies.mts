// The bodies of requests to the registry: their size, their JSON and their members.

import type { IncomingMessage } from 'node:http'

import { type Identity, Refused } from './registry-state.mts'

const longestBody = 64 * 1024

export type Body = Record<string, unknown>

const malformed = (why: string) => new Refused(400, `Failed to parse the request body as JSON: ${why}`)

/** The members by name. Jazz refuses a body that has another one. */
function membersOf(value: unknown, names: string[]): unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('expected an object')
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  if (unknown !== undefined) throw malformed(`unknown field \`${unknown}\``)
  return names.map((name) => (value as Body)[name])
}

function stringsOf(value: unknown, names: string[]): string[] {
  return membersOf(value, names).map((member) => {
    if (typeof member !== 'string') throw malformed('expected a string')
    return member
  })
}

export function none(body: Body): [] {
  membersOf(body, [])
  return []
}

export function identityIn(body: Body): Identity {
  const [issuer = '', subject = ''] = stringsOf(membersOf(body, ['identity'])[0], ['issuer', 'subject'])
  return { issuer, subject }
}

export function nonceIn(body: Body): string {
  return stringsOf(body, ['nonce'])[0] ?? ''
}

/** Reads to the end in any case: a client that still sends would miss the answer. */
export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= longestBody) chunks.push(chunk)
  }
  if (length > longestBody) throw new Refused(413, 'account_request_too_large')
  return Buffer.concat(chunks).toString()
}

export function bodyOf(request: IncomingMessage, text: string): Body {
  if (text === '') return {}
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Refused(415, 'Expected request with `Content-Type: application/json`')
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('not JSON')
  }
}
