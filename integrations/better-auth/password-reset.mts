// A password reset by mail proves who owns the address. If nobody had proven that before, a stranger may have made the account:
// its identity goes. So do its sessions, which Better Auth leaves: by these the stranger could link another identity.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'

import type { Settings } from './options.mts'
import { stateOf } from './request-state.mts'
import { PASSWORD_RESET_PATHS } from './routes.mts'
import { changeIdentity, findUser } from './users.mts'

type Ctx = GenericEndpointContext
type AccountHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['account']>

/** A text that may be looked up: PostgreSQL takes no U+0000. */
const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && !value.includes('\0') ? value : undefined

/** Finds whose password is about to be reset, if nobody had proven that the address is theirs. */
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

/** Takes identity and sessions off the account, before the password is written: a fault in between leaves no stranger there. */
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

/** The database hooks at which a password is written: there is one, or the first one is made. */
export const accountHooks: AccountHooks = { create: { before: startOver }, update: { before: startOver } }
