// Reads and changes the identities in the users' rows.

import type { AuthContext } from '@better-auth/core'
import { getCurrentAdapter, queueAfterTransactionHook, runWithTransaction } from '@better-auth/core/context'
import type { User } from 'better-auth'

import { release, reserveIdentity } from './reservation.mts'

/** A user with the plugin's column, and the anonymous plugin's. */
export interface IdentifiedUser extends User {
  jazzId?: string | null
  isAnonymous?: boolean | null
}

// Inside a transaction this must be the transaction's adapter. On SQLite, the root adapter would wait for it without end.
const findBy = async (context: AuthContext, field: 'id' | 'jazzId', value: string) =>
  (await getCurrentAdapter(context.adapter)).findOne<IdentifiedUser>({
    model: 'user',
    where: [{ field, value }],
  })

export const findUser = (context: AuthContext, id: string): Promise<IdentifiedUser | null> => findBy(context, 'id', id)

/**
 * Finds the user who has an identity, in its column or as the user ID. It is the user ID with `assign: 'user-id'`, and was with
 * the recipe that this plugin replaces.
 */
export async function ownerOf(context: AuthContext, identity: string): Promise<IdentifiedUser | null> {
  const owner = await findBy(context, 'jazzId', identity)
  if (owner) return owner
  // An ID that the database makes is not an identity, and a number cannot be compared with one.
  const { generateId } = context.options.advanced?.database ?? {}
  if (generateId === 'serial' || generateId === false) return null
  return findBy(context, 'id', identity)
}

/** Whether another user has the identity. */
export async function hasOtherOwner(
  context: AuthContext,
  identity: string,
  userId: string | undefined,
): Promise<boolean> {
  const owner = await ownerOf(context, identity)
  return owner !== null && owner.id !== userId
}

/** The owners of an identity. */
export interface Owners {
  owner: IdentifiedUser | null
  /**
   * The owner, if they are an anonymous user. They give up the identity to the user that a proof is for. An identity that is
   * the anonymous user's ID cannot move.
   */
  anonymous: IdentifiedUser | null
}

/** Finds who has an identity, and whether it is an anonymous user. */
export async function ownersOf(context: AuthContext, identity: string): Promise<Owners> {
  const owner = await ownerOf(context, identity)
  return { owner, anonymous: owner?.isAnonymous && owner.jazzId === identity ? owner : null }
}

/**
 * Whether a user ID is an identity, which is a UUID of version 5 (RFC 9562 §5.5). Better Auth makes no such user IDs. A user of
 * the recipe that this plugin replaces has their identity there.
 */
export const isIdentity = (id: string): boolean =>
  /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)

/**
 * Gives a user an identity, or removes it, and updates their sessions.
 *
 * @param from - The identity that the user must have before; `null` for none. The check and the change are one statement.
 * @param to - The identity that the user gets; `null` for none.
 * @returns The changed user; `null` if they had another identity than `from`.
 */
export async function changeIdentity(
  context: AuthContext,
  userId: string,
  from: string | null,
  to: string | null,
): Promise<IdentifiedUser | null> {
  const adapter = await getCurrentAdapter(context.adapter)
  const changed = await adapter.updateMany({
    model: 'user',
    where: [
      { field: 'id', value: userId },
      { field: 'jazzId', value: from },
    ],
    update: { jazzId: to },
  })
  if (changed === 0) return null
  const user = await findUser(context, userId)
  if (user) await queueAfterTransactionHook(() => tellSessions(context, user))
  return user
}

/** Updates the copy of a user in their sessions, which a secondary storage has. The identity does not depend on it. */
export async function tellSessions({ internalAdapter, logger }: AuthContext, user: IdentifiedUser): Promise<void> {
  try {
    await internalAdapter.refreshUserSessions(user)
  } catch (error) {
    logger.error('[local-first-identity] The sessions of a user could not be updated with their identity.', error)
  }
}

/** What a request knows about the identity that it gives. */
export interface Given {
  /** Whether it has reserved the identity already. Default `false`. */
  reserved?: boolean
  /** The anonymous user who may lose the identity. */
  anonymousUserId?: string | undefined
}

/**
 * Gives an identity to a user who has none. The identity must be free, or an anonymous user gives it up. Meanwhile no other
 * request can give it to another user.
 *
 * @returns The changed user; `null` if they have an identity already, or if another user has this one or is about to get it.
 */
export async function giveIdentity(
  context: AuthContext,
  userId: string,
  identity: string,
  { reserved = false, anonymousUserId }: Given,
): Promise<IdentifiedUser | null> {
  const name = { kind: 'identity', value: identity } as const
  if (!reserved && !(await reserveIdentity(context, name))) return null
  try {
    const { owner, anonymous } = await ownersOf(context, identity)
    if (!owner || owner.id === userId) return await changeIdentity(context, userId, null, identity)
    if (!anonymous || anonymous.id !== anonymousUserId) return null
    return await moveIdentity(context, identity, anonymous.id, userId)
  } catch (error) {
    // The unique column decides in the end. If another user has the identity, its constraint caused this error.
    if (await hasOtherOwner(context, identity, userId)) return null
    throw error
  } finally {
    if (!reserved) await release(context, name)
  }
}

/**
 * Moves an identity from one user to another who has none.
 *
 * @returns The other user with the identity; `null`, with nothing changed, if either user's identity has changed by now.
 */
export async function moveIdentity(
  context: AuthContext,
  identity: string,
  from: string,
  to: string,
): Promise<IdentifiedUser | null> {
  const giveBack = () => changeIdentity(context, from, null, identity)
  return runWithTransaction(context.adapter, async () => {
    if (!(await changeIdentity(context, from, identity, null))) return null
    try {
      const user = await changeIdentity(context, to, null, identity)
      if (!user) await giveBack()
      return user
    } catch (error) {
      // This undoes the change where no transaction does. Inside a transaction, the database may refuse every further statement.
      await giveBack().catch(() => undefined)
      throw error
    }
  })
}
