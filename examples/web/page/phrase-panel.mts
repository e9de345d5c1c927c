// "Backup", in words: the recovery phrase.

import { RecoveryPhrase, RecoveryPhraseError } from 'local-first-identity/client'

import { backupRun, becomeOwnerOf } from './backup-run.mts'
import { device, deviceId } from './device.mts'
import { blame, button, byId, copyOnClick, forgiveOnInput, list, onSubmit } from './dom.mts'
import { accountNow, watchPerson } from './person.mts'

let shownSecret: string | null = null
let wasSignedIn = false

function show(secret: string | null): void {
  shownSecret = secret
  list('phrase', secret ? RecoveryPhrase.fromSecret(secret).split(' ') : [])
  for (const id of ['phrase', 'copy-phrase']) byId(id, HTMLElement).hidden = secret === null
  const toggle = button('show-phrase')
  toggle.setAttribute('aria-expanded', String(secret !== null))
  toggle.textContent = `${secret ? 'Hide' : 'Show'} the recovery phrase`
}

const typed = (): HTMLTextAreaElement => byId('recovery-phrase', HTMLTextAreaElement)

/** Clears the form, because the next person at this browser must not find the phrase there. */
function clearTyped(): void {
  typed().value = ''
  blame('recovery-phrase', '')
}

const restore = () =>
  backupRun(async () => {
    const before = deviceId()
    try {
      const done = await becomeOwnerOf(RecoveryPhrase.toSecret(typed().value))
      if (deviceId() !== before) clearTyped()
      return done
    } catch (error) {
      if (!(error instanceof RecoveryPhraseError)) throw error
      blame('recovery-phrase', error.message)
      return ''
    }
  })

export function startPhrase(): void {
  button('show-phrase').addEventListener('click', () => show(shownSecret ? null : device.getState().secret))
  onSubmit('phrase-form', restore)
  copyOnClick('copy-phrase', () => (shownSecret ? RecoveryPhrase.fromSecret(shownSecret) : ''))
  forgiveOnInput('recovery-phrase')
  watchPerson(() => {
    // Words of an identity that the device no longer has would be mistaken for those of its own.
    if (shownSecret && shownSecret !== device.getState().secret) show(null)
    if (wasSignedIn && !accountNow()) {
      clearTyped()
      show(null)
    }
    wasSignedIn = accountNow() !== null
  })
}
