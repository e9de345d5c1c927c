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

/** What the person knows the passkey by, when they choose one. */
function displayName(): string {
  const account = accountNow()
  // An account of another identity is not what this passkey brings back.
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
