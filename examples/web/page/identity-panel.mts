// The identity of this device, at the head of the page.

import { AuthSecretStoreError } from 'local-first-identity/client'

import { device, deviceId } from './device.mts'
import { byId, copyOnClick, say } from './dom.mts'
import { watchPerson } from './person.mts'

function explain(error: Error): string {
  const isDamaged = error instanceof AuthSecretStoreError && error.code === 'damaged'
  return isDamaged
    ? 'This browser has stored something that is not an identity. Restore one, or forget this device.'
    : error.message
}

export function startIdentity(): void {
  copyOnClick('copy-identity', () => deviceId() ?? '')
  watchPerson(() => {
    const { error, isLoading } = device.getState()
    say('identity', deviceId() ?? '')
    say('identity-error', error ? explain(error) : '')
    byId('identity-error', HTMLElement).hidden = error === null
    // The style sheet shows the rest of the page from here on. The identity decides what is shown, and nothing must move
    // afterwards.
    if (!isLoading) document.body.classList.add('ready')
  })
}
