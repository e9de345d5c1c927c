// The part that all backups share. Only one runs at a time, and the page shows what was done or what did not work.

import { deriveUserId } from 'local-first-identity/client'

import { device, deviceId } from './device.mts'
import { ask, button, say } from './dom.mts'
import { readNotes } from './notes-copy.mts'
import { accountNow, confirmAccount, endSession, watchPerson } from './person.mts'
import { oneAtATime } from './runs.mts'

const always = () => true
const hasIdentity = () => deviceId() !== null
const runs = oneAtATime(
  new Map([
    [button('show-phrase'), hasIdentity],
    [button('restore-phrase'), always],
    [button('back-up-passkey'), hasIdentity],
    [button('restore-passkey'), always],
    [button('forget'), always],
    [button('forget-it'), always],
  ]),
)

let email: string | undefined

export const startBackupRuns = (): void =>
  watchPerson(() => {
    runs.update()
    // A message about one account is not true of the next.
    if (accountNow() && accountNow()?.email !== email) say('backup-status', '')
    email = accountNow()?.email
  })

/**
 * Does one thing, and shows the result.
 *
 * @param work - Returns what was done, as a sentence. If it throws, the error's message is shown.
 */
export const backupRun = (work: () => Promise<string>): Promise<void> =>
  runs.run(async () => {
    say('backup-error', '')
    say('backup-status', '')
    try {
      say('backup-status', await work())
    } catch (error) {
      say('backup-status', '')
      say('backup-error', error instanceof Error ? error.message : String(error))
    }
  })

/** Signs out of an account that has another identity than the device: its notes would hide the device's own. */
async function leaveOtherAccount(): Promise<string> {
  await confirmAccount().catch(() => {})
  const account = accountNow()
  if (!account || account.identity === deviceId()) return ''
  try {
    await endSession()
    return ` You are signed out of the account of ${account.email}, which has another identity.`
  } catch {
    return ` You are still signed in as ${account.email}, whose identity is another: sign out when you are online.`
  }
}

/** Returns a sentence about unsent notes of an identity that the device no longer has. */
function leftBehind(id: string | null): string {
  if (!id || readNotes(id).sent || readNotes(id).lines.length === 0) return ''
  return ` Notes of ${id} were not sent; they stay in this browser until that identity is back.`
}

/** Gives the device the identity of a secret, if the person wants that. @returns What was done, as sentences. */
export async function becomeOwnerOf(secret: string): Promise<string> {
  const before = deviceId()
  const wanted = deriveUserId(secret)
  say('restore-new', wanted)
  say('restore-old', before ?? 'none')
  if (before && before !== wanted && !(await ask('restore-dialog', 'restore'))) return 'Nothing was changed.'
  await device.login(secret)
  const now = deviceId()
  if (before === now) return `This device is ${now} now, as it was before.`
  return `This device is ${now} now.${leftBehind(before)}${await leaveOtherAccount()}`
}

/** Gives the device a new identity. @returns What was done, as sentences. */
export async function becomeNew(): Promise<string> {
  await device.signOut()
  return `This device is ${deviceId()} now, which is new.${await leaveOtherAccount()}`
}
