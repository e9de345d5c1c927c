// Bringing the notes of this device and of the server together.

import { dataToken } from './data-token.mts'
import { keepNotes, readNotes, union } from './notes-copy.mts'
import { ownerNow } from './person.mts'

/** How it went; `refused` has a sentence of why, for people. */
export type Outcome = { kind: 'done' } | { kind: 'unreachable' } | { kind: 'refused'; why: string }

interface Answer {
  userId: string
  text: string | null
}

/** The server has answered, and not with the notes. */
class Refused extends Error {}

const WHY: Readonly<Record<number, string>> = {
  401: 'The server did not accept who this is. Check the clock of this device, or sign in again.',
  413: 'The server did not take the notes: they are too long together. They are kept on this device.',
  429: 'The server has been asked too often. Wait a moment, then reload the page.',
}

async function ask(token: string, text?: string): Promise<Answer> {
  const put = text === undefined ? {} : { method: 'PUT', body: text }
  const response = await fetch('/notes', { ...put, headers: { authorization: `Bearer ${token}` } })
  if (response.ok) return response.json()
  throw new Refused(WHY[response.status] ?? 'The server has a fault. The notes are kept on this device.')
}

const linesOf = (text: string | null): string[] => (text ? text.split('\n') : [])

/** @returns Whether everything that is on the device now is on the server. */
async function exchange(owner: string): Promise<boolean> {
  const token = await dataToken()
  const found = await ask(token)
  // Another tab has signed in or out meanwhile. These are not the notes that were asked for, and must not be mixed.
  if (found.userId !== owner) return true
  const server = linesOf(found.text)
  const all = union(server, readNotes(owner).lines)
  if (all.length > server.length) await ask(token, all.join('\n'))
  // Meanwhile somebody may have had these notes taken off this device.
  if (ownerNow() !== owner) return true
  // Some may have been added while the server was asked.
  const lines = union(all, readNotes(owner).lines)
  const sent = lines.length === all.length
  keepNotes(owner, { lines, sent })
  return sent
}

/** Merges what the server has with what the device has, and keeps the result on both. Never throws. */
export async function syncNotes(): Promise<Outcome> {
  const owner = ownerNow()
  // Without a network a request is an error in the console, and nothing else.
  if (!owner || !navigator.onLine) return { kind: 'unreachable' }
  try {
    while (!(await exchange(owner))) if (ownerNow() !== owner) break
    return { kind: 'done' }
  } catch (error) {
    return error instanceof Refused ? { kind: 'refused', why: error.message } : { kind: 'unreachable' }
  }
}
