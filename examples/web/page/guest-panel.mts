// "Account", when a guest signs in to an account that has another identity: what happens to the guest's notes.

import { type GuestChoice, type GuestSignIn, settleGuest } from 'local-first-identity/client'

import { deviceStore } from './device.mts'
import { button, byId, say } from './dom.mts'
import { dropNotes, keepNotes, readNotes, union } from './notes-copy.mts'

const CHOICES: readonly GuestChoice[] = ['copy', 'keep', 'discard']

/** Shows both identities, and waits for one of the three buttons. */
function choose({ guestId, accountId }: GuestSignIn): GuestChoice | Promise<GuestChoice> {
  // Without notes there is no choice to make.
  if (readNotes(guestId).lines.length === 0) return 'keep'
  const panel = byId('guest-choice', HTMLElement)
  say('guest-choice-guest', guestId)
  say('guest-choice-account', accountId ?? 'none')
  panel.hidden = false
  panel.focus()
  return new Promise((resolve) => {
    for (const choice of CHOICES) {
      button(`guest-${choice}`).onclick = () => {
        panel.hidden = true
        resolve(choice)
      }
    }
  })
}

/**
 * Settles what happens to the guest's notes, before the page shows the account.
 *
 * @param accountId - The account's identity; `null` if it has none.
 * @param owner - The owner of the account's notes.
 */
export async function settleNotes(accountId: string | null, owner: string): Promise<void> {
  let guestId: string | undefined
  const outcome = await settleGuest({
    store: deviceStore,
    accountId,
    choose(signIn) {
      guestId = signIn.guestId
      return choose(signIn)
    },
    // A note that both have is one note, so copying twice duplicates nothing.
    copy: async (guest) => {
      const lines = union(readNotes(owner).lines, readNotes(guest.guestId).lines)
      keepNotes(owner, { lines, sent: false })
    },
  })
  if (guestId && (outcome === 'copy' || outcome === 'discard')) dropNotes(guestId)
}
