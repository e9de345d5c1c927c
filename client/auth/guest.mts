import { checkFunction, checkText, invalid, ownOptions } from '../../common/options.mts'
import { deriveUserId } from '../identity/identity.mts'
import type { AuthSecretStore } from '../secrets/secret-store.mts'

/** The two identities of a person who was a guest on this device and has signed in to an existing account. */
export interface GuestSignIn {
  /** The device's identity: a UUID, lower case, hyphenated, 36 characters. */
  readonly guestId: string
  /** The account's identity; `null` if it has none. */
  readonly accountId: string | null
}

/**
 * What happens to the guest's data:
 * - `copy`: it goes to the account, and the device forgets the guest
 * - `keep`: it stays on the device, for the next time that no one is signed in
 * - `discard`: the device forgets the guest, **whose data is lost** unless the secret was backed up
 */
export type GuestChoice = 'copy' | 'keep' | 'discard'

/**
 * The result of `settleGuest`. It is the choice, or one of these:
 * - `no-guest`: the device has no secret
 * - `same`: the account has the device's identity
 * - `superseded`: the device had another secret by the time the choice was made. That secret was left alone
 */
export type GuestOutcome = GuestChoice | 'no-guest' | 'same' | 'superseded'

/** The options of `settleGuest`. */
export interface SettleGuestOptions {
  /** Where the device keeps its secret. */
  store: AuthSecretStore
  /** The identity of the account that the person has signed in to, such as `user.jazzId`; `null` if it has none. */
  accountId: string | null
  /** Asks the person to choose. Nothing is changed until its promise is fulfilled. */
  choose(signIn: GuestSignIn): GuestChoice | Promise<GuestChoice>
  /**
   * Copies the guest's data to the account. The guest is forgotten once its promise is fulfilled. After a crash in between,
   * it is called again, and must not duplicate what it has already copied.
   */
  copy(guest: GuestSignIn & { readonly secret: string }): Promise<void>
}

/** Forgets the guest, unless another tab has saved another secret meanwhile. Returns whether it did. */
async function forget(store: AuthSecretStore, secret: string): Promise<boolean> {
  if (store.compareAndClear) return store.compareAndClear(secret)
  if ((await store.loadSecret()) !== secret) return false
  await store.clearSecret()
  return true
}

const NAME = 'settleGuest'
const CHOICES: readonly unknown[] = ['copy', 'keep', 'discard'] satisfies GuestChoice[]

/**
 * Settles what happens to a guest's data when the person signs in to an existing account that has another identity. Call it
 * after the sign-in, and before the app shows the account.
 *
 * @throws Any error of `choose`, `copy` or the store. The guest's secret is then still there.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the option, if one is wrong, or if `choose`
 *   returns anything but one of the three choices.
 * @example
 * const choose = () => (confirm('Copy your notes to the account?') ? 'copy' : 'keep')
 * const outcome = await settleGuest({ store, accountId: user.jazzId, choose, copy: copyNotes })
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
