// Who uses the page: this device's identity, and the account that is signed in, if one is.

import { client } from './better-auth.mts'
import { device, deviceId } from './device.mts'
import { onChangeElsewhere, read, write } from './storage.mts'

/** The account that is signed in. */
export interface Account {
  name: string
  email: string
  /** Its identity (`jazzId`); `null` if it has none. */
  identity: string | null
  /** The owner of its notes, which is the `sub` of its JWTs. */
  owner: string
}

/** The account is kept here, so that the page knows whose notes to show without a network. The session is in a cookie. */
const KEY = 'demo-app-account'

const isAccount = (value: unknown): value is Account =>
  typeof value === 'object' && value !== null && typeof (value as Account).owner === 'string'

let account = read(KEY, isAccount) ?? null
/** Whether the server has confirmed the account since the page was opened. */
let confirmed = false
const listeners = new Set<() => void>()

function changed(): void {
  for (const listener of listeners) listener()
}

/** Calls `listener` now, and whenever the device's identity or the account changes, here or in another tab. */
export function watchPerson(listener: () => void): void {
  listeners.add(listener)
  listener()
}

export const accountNow = (): Account | null => account

/** Returns the owner of the notes on the page: the account that is signed in, or else the device. */
export const ownerNow = (): string | null => account?.owner ?? deviceId()

function become(next: Account | null): void {
  confirmed = true
  if (JSON.stringify(next) === JSON.stringify(account)) return
  account = next
  write(KEY, next)
  changed()
}

/**
 * Asks the server who is signed in.
 *
 * @throws Error if the server cannot be asked.
 */
export async function refreshAccount(): Promise<void> {
  const { data, error } = await client.getSession()
  if (error) throw new Error(error.message ?? error.statusText)
  if (!data) return become(null)
  const { id, name, email, jazzId = null } = data.user
  become({ name, email, identity: jazzId, owner: jazzId ?? id })
}

let asking: Promise<void> | undefined

/**
 * Asks the server who is signed in, unless it has already said so. Calls at the same time share one request.
 *
 * @throws Error if the server cannot be asked.
 */
export async function confirmAccount(): Promise<void> {
  if (confirmed) return
  asking ??= refreshAccount().finally(() => {
    asking = undefined
  })
  await asking
}

/** Ends the session. The device keeps its identity. @throws Error if the server cannot be reached. */
export async function endSession(): Promise<void> {
  // A session at a provider is the person's own. It is not for this page to end it.
  const { error } = await client.signOut({ disableRedirect: true })
  if (error) throw new Error(error.message ?? error.statusText)
  become(null)
}

/** Starts to follow changes of the device and of other tabs. */
export function followPerson(): void {
  device.subscribe(changed)
  onChangeElsewhere(
    (key) => key === KEY,
    () => {
      account = read(KEY, isAccount) ?? null
      changed()
    },
  )
}
