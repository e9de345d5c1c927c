import { checkFunction, checkText, invalid, ownOptions } from '../../common/options.mts'
import { deriveUserId } from '../identity/identity.mts'
import type { AuthSecretStore } from '../secrets/secret-store.mts'

/** Both identities of a person who was a guest on this device, and has signed in to an account that exists. */
export interface GuestSignIn {
  /** The device's: a UUID, lower case, hyphenated, 36 characters. */
  readonly guestId: string
  /** The account's; `null` if it has none. */
  readonly accountId: string | null
}

/**
 * What becomes of the guest's data:
 * - `copy`: it goes to the account, and the device forgets the guest
 * - `keep`: it stays on the device, for when nobody is signed in
 * - `discard`: the device forgets the guest, **whose data is lost** unless the secret was backed up
 */
export type GuestChoice = 'copy' | 'keep' | 'discard'

/**
 * What came of it: the choice; `no-guest` if the device has no secret; `same` if the account has the device's identity;
 * `superseded` if the device had another secret by the time the choice was made, which was left alone.
 */
export type GuestOutcome = GuestChoice | 'no-guest' | 'same' | 'superseded'

/** What `settleGuest` asks for. */
export interface SettleGuestOptions {
  /** Where the device keeps its secret. */
  store: AuthSecretStore
  /** The identity of the account that the person has signed in to, such as `user.jazzId`; `null` if it has none. */
  accountId: string | null
  /** Has the person choose. Until its promise is fulfilled, nothing is changed. */
  choose(signIn: GuestSignIn): GuestChoice | Promise<GuestChoice>
  /**
   * Copies the guest's data to the account. The guest is forgotten once its promise is fulfilled. After a crash in between it is
   * called again, so what was copied before must not be doubled.
   */
  copy(guest: GuestSignIn & { readonly secret: string }): Promise<void>
}

/** Forgets the guest, unless another tab has brought another secret meanwhile. */
async function forget(store: AuthSecretStore, secret: string): Promise<boolean> {
  if (store.compareAndClear) return store.compareAndClear(secret)
  if ((await store.loadSecret()) !== secret) return false
  await store.clearSecret()
  return true
}

const NAME = 'settleGuest'
const CHOICES: readonly unknown[] = ['copy', 'keep', 'discard'] satisfies GuestChoice[]

/**
 * Settles what becomes of a guest's data when the person signs in to an account that exists, and has another identity. Call it
 * after the sign-in, and before the app shows the account.
 *
 * @throws What `choose`, `copy` or the store throws: the guest's secret is still there.
 * @throws TypeError naming the option, if one is not as described, or if `choose` gives none of the three.
 */
export async function settleGuest(options: SettleGuestOptions): Promise<GuestOutcome> {
  const { store, accountId, choose, copy } = ownOptions(NAME, options, ['store', 'accountId', 'choose', 'copy'])
  for (const method of ['loadSecret', 'clearSecret'] as const) checkFunction(NAME, `store.${method}`, store?.[method])
  if (accountId !== null) checkText(NAME, 'accountId', accountId)
  checkFunction(NAME, 'choose', choose)
  checkFunction(NAME, 'copy', copy)

  const secret = await store.loadSecret()
  if (secret === null) return 'no-guest'
  const signIn: GuestSignIn = { guestId: deriveUserId(secret), accountId }
  if (signIn.guestId === accountId?.toLowerCase()) return 'same'
  const choice = await choose(signIn)
  if (!CHOICES.includes(choice)) invalid(NAME, "`choose` must give 'copy', 'keep' or 'discard'")
  if (choice === 'keep') return choice
  if (choice === 'copy') await copy({ ...signIn, secret })
  return (await forget(store, secret)) ? choice : 'superseded'
}
