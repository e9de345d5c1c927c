// The notes on this device, separate for each person. The page shows them with or without a network.

import { onChangeElsewhere, read, write } from './storage.mts'

/** A person's notes on this device. */
export interface Notes {
  /** The oldest first; each is one line. */
  lines: readonly string[]
  /** Whether all of them were sent to the server. */
  sent: boolean
}

const PREFIX = 'demo-app-notes:'
const NONE: Notes = { lines: [], sent: false }

const isNotes = (value: unknown): value is Notes =>
  typeof value === 'object' &&
  value !== null &&
  Array.isArray((value as Notes).lines) &&
  (value as Notes).lines.every((line) => typeof line === 'string')

/** Keeps notes while the page is open, if `localStorage` cannot be used. */
const inMemory = new Map<string, Notes>()

export const readNotes = (owner: string): Notes => inMemory.get(owner) ?? read(PREFIX + owner, isNotes) ?? NONE

export function keepNotes(owner: string, notes: Notes): void {
  if (write(PREFIX + owner, notes)) inMemory.delete(owner)
  else inMemory.set(owner, notes)
}

export function addNote(owner: string, line: string): void {
  keepNotes(owner, { lines: [...readNotes(owner).lines, line], sent: false })
}

/** Deletes a person's notes from this device. */
export function dropNotes(owner: string): void {
  inMemory.delete(owner)
  write(PREFIX + owner, null)
}

/** Calls `listener` when another tab has changed any person's notes. */
export const watchNotesElsewhere = (listener: () => void): void =>
  onChangeElsewhere((key) => key.startsWith(PREFIX), listener)

/** Merges two lists, in the order of the first. A line is there as often as in the list that has it more often. */
export function union(first: readonly string[], second: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of first) left.set(line, (left.get(line) ?? 0) + 1)
  const more = second.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
  return [...first, ...more]
}
