// "Forget this device": shows what would be lost, and forgets the device.

import { backupRun, becomeNew } from './backup-run.mts'
import { deviceId } from './device.mts'
import { ask, button, say } from './dom.mts'
import { dropNotes, readNotes } from './notes-copy.mts'
import { ownerNow } from './person.mts'

/** The owners whose notes the page may have shown: the device, and the account that is signed in. */
const owners = (): string[] => [deviceId(), ownerNow()].filter((owner) => owner !== null)

const isUnsent = (owner: string): boolean => {
  const { lines, sent } = readNotes(owner)
  return lines.length > 0 && !sent
}

const warning = (): string =>
  owners().some(isUnsent)
    ? 'Some notes were not sent to the server. You would lose them.'
    : 'This device forgets the notes. The server keeps them for this identity.'

const forget = () =>
  backupRun(async () => {
    const before = owners()
    const done = await becomeNew()
    for (const owner of before) if (owner !== ownerNow()) dropNotes(owner)
    return done
  })

export function startForget(): void {
  button('forget').addEventListener('click', async () => {
    say('forget-warning', warning())
    if (await ask('forget-dialog', 'forget')) void forget()
  })
}
