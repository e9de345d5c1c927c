// "Backup", in a passkey.

import { BrowserPasskeyBackup, type PasskeyBackupForm } from 'local-first-identity/client'

import { backupRun, becomeOwnerOf } from './backup-run.mts'
import { device, deviceId } from './device.mts'
import { button, say } from './dom.mts'
import { accountNow } from './person.mts'

const passkeys = new BrowserPasskeyBackup({ appName: 'Notes', appHostname: location.hostname })

const DONE: Readonly<Record<PasskeyBackupForm, string>> = {
  prf: 'A passkey has your identity now, encrypted (prf).',
  'user-handle': 'A passkey has your identity now, in its user handle.',
}

const WAITING = 'The browser asks you for a passkey …'

/** Returns the name that the person sees when they choose a passkey. */
function displayName(): string {
  const account = accountNow()
  // This passkey does not restore an account of another identity, so it must not have that account's name.
  if (account && account.identity === deviceId()) return account.email
  return `Guest ${deviceId()?.slice(0, 8)}`
}

const backUp = () =>
  backupRun(async () => {
    say('backup-status', WAITING)
    const { secret } = device.getState()
    if (!secret) throw new Error('This device has no identity yet.')
    return DONE[await passkeys.backup(secret, displayName())]
  })

const restore = () =>
  backupRun(async () => {
    say('backup-status', WAITING)
    return becomeOwnerOf(await passkeys.restore())
  })

export function startPasskey(): void {
  button('back-up-passkey').addEventListener('click', backUp)
  button('restore-passkey').addEventListener('click', restore)
}
