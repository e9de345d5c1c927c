// "Forget this device": what is lost by it, and doing it.

import { backupRun, becomeNew } from './backup-run.mts'
import { deviceId } from './device.mts'
import { button, byId, say } from './dom.mts'
import { dropNotes, readNotes } from './notes-copy.mts'
import { ownerNow } from './person.mts'

/** Whose notes the page may have shown: the device's, and those of the account that is signed in. */
const owners = (): string[] => [deviceId(), ownerNow()].filter((owner) => owner !== null)

const isUnsent = (owner: string): boolean => {
  const { lines, sent } = readNotes(owner)
  return lines.length > 0 && !sent
}

const warning = (): string =>
  owners().some(isUnsent)
    ? 'Some of the notes have not been sent to the server. They would be lost.'
    : 'The notes are taken off this device. The server keeps them for whoever has the identity.'

const forget = () =>
  backupRun(async () => {
    const before = owners()
    const done = await becomeNew()
    for (const owner of before) if (owner !== ownerNow()) dropNotes(owner)
    return done
  })

export function startForget(): void {
  const dialog = byId('forget-dialog', HTMLDialogElement)
  button('forget').addEventListener('click', () => {
    say('forget-warning', warning())
    dialog.showModal()
  })
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'forget') void forget()
    dialog.returnValue = ''
  })
}
