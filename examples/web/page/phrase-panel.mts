// "Backup", in words: the recovery phrase.

import { RecoveryPhrase } from 'local-first-identity/client'

import { backupRun, becomeOwnerOf } from './backup-run.mts'
import { device } from './device.mts'
import { button, byId, list, onSubmit } from './dom.mts'
import { watchPerson } from './person.mts'

let shownSecret: string | null = null

function show(secret: string | null): void {
  shownSecret = secret
  list('phrase', secret ? RecoveryPhrase.fromSecret(secret).split(' ') : [])
  byId('phrase', HTMLElement).hidden = secret === null
  const toggle = button('show-phrase')
  toggle.setAttribute('aria-expanded', String(secret !== null))
  toggle.textContent = `${secret ? 'Hide' : 'Show'} the recovery phrase`
}

const restore = () =>
  backupRun(async () => {
    const field = byId('recovery-phrase', HTMLTextAreaElement)
    const done = await becomeOwnerOf(RecoveryPhrase.toSecret(field.value))
    // Whoever comes by must not find it there.
    field.value = ''
    return done
  })

export function startPhrase(): void {
  button('show-phrase').addEventListener('click', () => show(shownSecret ? null : device.getState().secret))
  onSubmit('phrase-form', restore)
  watchPerson(() => {
    // The words of an identity that is not the device's any more would be taken for its own.
    if (shownSecret && shownSecret !== device.getState().secret) show(null)
  })
}
