// The page's script: starts every panel, and then follows the identity and the account.

import { startAccount } from './account-panel.mts'
import { startBackupRuns } from './backup-run.mts'
import { startForget } from './forget-panel.mts'
import { startIdentity } from './identity-panel.mts'
import { startNotes } from './notes-panel.mts'
import { startPasskey } from './passkey-panel.mts'
import { confirmAccount, followPerson } from './person.mts'
import { startPhrase } from './phrase-panel.mts'
import { startProof } from './proof-panel.mts'

startIdentity()
startNotes()
startAccount()
startProof()
startBackupRuns()
startPhrase()
startPasskey()
startForget()
followPerson()
confirmAccount().catch(() => {
  // Offline, the page shows the account that it knew last. It asks again when it syncs the notes.
})
