// The page's script: every panel, and then whose device it is.

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
  // Offline: the page shows whom it knew last, and asks again when it syncs the notes.
})
