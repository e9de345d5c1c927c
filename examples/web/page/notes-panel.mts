// "Your notes".

import { byId, input, list, onSubmit, say } from './dom.mts'
import { addNote, type Notes, readNotes, watchNotesElsewhere } from './notes-copy.mts'
import { type Outcome, syncNotes } from './notes-sync.mts'
import { ownerNow, watchPerson } from './person.mts'

const SENT = 'Kept on this device and on the server.'
const UNSENT = 'Kept on this device. It will be sent when you are online.'
/** How often to try again: nothing tells the page when a server that was away is back. */
const RETRY_MS = 10_000

let shown: string | null = null
let outcome: Outcome | undefined
let syncing = false
let again = false
let retry: ReturnType<typeof setTimeout> | undefined

function status({ lines, sent }: Notes): string {
  if (outcome?.kind === 'refused') return outcome.why
  if (sent) return SENT
  // On a new device, nothing is known before the server has answered, or has failed to.
  return lines.length > 0 || outcome?.kind === 'unreachable' ? UNSENT : ''
}

function show(): void {
  const owner = ownerNow()
  const notes = owner ? readNotes(owner) : undefined
  list('notes', notes?.lines ?? [])
  byId('notes-empty', HTMLElement).hidden = (notes?.lines ?? []).length > 0
  say('notes-status', notes ? status(notes) : '')
}

/** Syncs the notes. During a run, it syncs once more afterwards, because the change may have come too late for that run. */
async function sync(): Promise<void> {
  again = true
  if (syncing) return
  syncing = true
  clearTimeout(retry)
  while (again) {
    again = false
    const owner = ownerNow()
    const ended = await syncNotes()
    if (ownerNow() !== owner) again = true
    else outcome = ended
    show()
  }
  syncing = false
  if (outcome?.kind === 'unreachable' && navigator.onLine) retry = setTimeout(sync, RETRY_MS)
}

function add(): void {
  const owner = ownerNow()
  const field = input('note')
  // The server's database ends a text at the first U+0000.
  const line = field.value.replaceAll('\0', '').trim()
  if (!line) return
  if (owner) {
    addNote(owner, line)
    field.value = ''
    show()
    void sync()
  } else say('notes-status', 'This note was not kept: the device has no identity.')
  field.focus()
}

export function startNotes(): void {
  onSubmit('note-form', add)
  watchPerson(() => {
    if (shown !== ownerNow()) outcome = undefined
    shown = ownerNow()
    show()
    if (shown) void sync()
  })
  watchNotesElsewhere(show)
  addEventListener('online', () => void sync())
}
