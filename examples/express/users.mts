// The people who have an account.

import { database } from './database.mts'

export interface User {
  /** The identity that was proved at sign-up. */
  jazzId: string
  email: string
  passwordHash: string
}

export type Taken = 'identity-taken' | 'email-taken'

const insert = database.prepare('insert into users (jazz_id, email, password_hash) values (?, ?, ?)')
const byIdentity = database.prepare('select 1 from users where jazz_id = ?')
const byEmail = database.prepare(
  'select jazz_id as jazzId, email, password_hash as passwordHash from users where email = ?',
)

/** Whether an identity has an account. */
export const isUpgraded = (jazzId: string): boolean => byIdentity.get(jazzId) !== undefined

export const findUser = (email: string): User | undefined => byEmail.get(email) as User | undefined

/** Returns which of the identity and the address already has an account; `undefined` if neither has one. */
export function takenOf({ jazzId, email }: Pick<User, 'jazzId' | 'email'>): Taken | undefined {
  if (isUpgraded(jazzId)) return 'identity-taken'
  return findUser(email) && 'email-taken'
}

/**
 * Creates a user. If many requests ask for one identity or address at once, in any process, only one of them gets it.
 *
 * @returns What is taken; `undefined` if the user was created.
 */
export const createUser: (user: User) => Taken | undefined = database.transaction((user: User) => {
  const taken = takenOf(user)
  if (!taken) insert.run(user.jazzId, user.email, user.passwordHash)
  return taken
}).immediate
