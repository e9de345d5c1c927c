// A password reset by mail proves who owns the address. If the address was not verified before, a stranger may have created the
// account. So the account loses its identity. It also loses its sessions, which Better Auth keeps: with one of them the stranger
// could link another identity.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'

import type { Settings } from './options.mts'
import { stateOf } from './request-state.mts'
import { PASSWORD_RESET_PATHS } from './routes.mts'
import { changeIdentity, findUser } from './users.mts'

type Ctx = GenericEndpointContext
type AccountHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['account']>

/** Returns a text that the database can look up. PostgreSQL refuses U+0000. */
const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && !value.includes('\0') ? value : undefined

/** Finds the ID of the user whose password is about to be reset, if their address is not verified. */
export async function unprovenUser(
  { path, body, context, query }: Ctx,
  { assign }: Settings,
): Promise<string | undefined> {
  if (assign !== 'field') return undefined
  const user = path === '/reset-password' ? await byToken() : await byEmail()
  return user && !user.emailVerified ? user.id : undefined

  async function byToken() {
    const token = textIn(body?.token || query?.token)
    const found = token && (await context.internalAdapter.findVerificationValue(`reset-password:${token}`))
    return found ? findUser(context, found.value) : null
  }
  async function byEmail() {
    const email = textIn(body?.email)?.toLowerCase()
    return email ? (await context.internalAdapter.findUserByEmail(email))?.user : null
  }
}

/** Removes identity and sessions before the password is written. If an error follows, no stranger keeps access. */
async function startOver(_: unknown, ctx: Ctx | null): Promise<void> {
  if (!ctx || !PASSWORD_RESET_PATHS.has(ctx.path)) return
  const state = await stateOf(ctx)
  if (state?.route !== 'reset' || !state.unprovenUserId) return
  const userId = state.unprovenUserId
  state.unprovenUserId = undefined
  await ctx.context.internalAdapter.deleteUserSessions(userId)
  const user = await findUser(ctx.context, userId)
  if (user?.jazzId) await changeIdentity(ctx.context, userId, user.jazzId, null)
}

/** The database hooks that run before a password is written: on `create` for a first password, on `update` for a later one. */
export const accountHooks: AccountHooks = { create: { before: startOver }, update: { before: startOver } }
