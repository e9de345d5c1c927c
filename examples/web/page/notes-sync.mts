// Merges the notes of this device with those of the server.

import { dataToken } from './data-token.mts'
import { keepNotes, readNotes, union } from './notes-copy.mts'
import { ownerNow } from './person.mts'

/** The result. With `refused`, `why` is a sentence for people. */
export type Outcome = { kind: 'done' } | { kind: 'unreachable' } | { kind: 'refused'; why: string }

interface Answer {
  userId: string
  text: string | null
  /** The entity tag of the text. */
  tag: string
}

/** The server has answered, but not with the notes. */
class Refused extends Error {}

const WHY: Readonly<Record<number, string>> = {
  401: 'The server did not accept who this is. Check the clock of this device, or sign in again.',
  413: 'The server did not take the notes: they are too long together. They are kept on this device.',
  429: 'The server has been asked too often. Wait a moment, then reload the page.',
}

/** The longest wait: a server that does not answer must not prevent a later attempt. */
const PATIENCE_MS = 15_000

async function ask(token: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, authorization: `Bearer ${token}` }
  const response = await fetch('/notes', { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) })
  if (response.ok || response.status === 412) return response
  throw new Refused(WHY[response.status] ?? 'The server has a fault. The notes are kept on this device.')
}

async function askFor(token: string): Promise<Answer> {
  const response = await ask(token)
  return { ...(await response.json()), tag: response.headers.get('etag') ?? '' }
}

const linesOf = (text: string | null): string[] => (text ? text.split('\n') : [])

/** Merges once. @returns Whether everything that is on the device now is on the server. */
async function exchange(owner: string): Promise<boolean> {
  const token = await dataToken()
  const found = await askFor(token)
  // Another tab has signed in or out meanwhile. These notes have another owner, and must not be mixed with this one's.
  if (found.userId !== owner) throw new Error('These are the notes of another person.')
  const server = linesOf(found.text)
  const all = union(server, readNotes(owner).lines)
  if (all.length > server.length) {
    const put = { method: 'PUT', body: all.join('\n'), headers: { 'If-Match': found.tag } }
    // Another device has written meanwhile, so the caller merges again, with what it wrote.
    if ((await ask(token, put)).status === 412) return false
  }
  // These notes may have been deleted from this device meanwhile.
  if (ownerNow() !== owner) return true
  // Notes may have been added while the server was asked.
  const lines = union(all, readNotes(owner).lines)
  const sent = lines.length === all.length
  keepNotes(owner, { lines, sent })
  return sent
}

/** Merges what the server has with what the device has, and keeps the result on both. Never throws. */
export async function syncNotes(): Promise<Outcome> {
  const owner = ownerNow()
  // Without a network, a request would only cause an error in the console.
  if (!owner || !navigator.onLine) return { kind: 'unreachable' }
  try {
    while (!(await exchange(owner))) if (ownerNow() !== owner) break
    return { kind: 'done' }
  } catch (error) {
    return error instanceof Refused ? { kind: 'refused', why: error.message } : { kind: 'unreachable' }
  }
}
