// The only place where a user is created with an identity, whatever route creates them: the database hooks.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'

import { handOn, takeOver } from './anonymous.mts'
import { awaitsApp, sayElsewhere } from './app-return.mts'
import { refusal } from './error.mts'
import { sayLost } from './lost-identity.mts'
import type { Settings } from './options.mts'
import { type Proven, type RequestState, stateOf } from './request-state.mts'
import { isTicketFor, useTicket } from './return-ticket.mts'
import { carrierOf, MAILBOX_PATHS, RETURN_PATHS } from './routes.mts'
import { inTransaction } from './transaction.mts'
import { type IdentifiedUser, ownersOf } from './users.mts'

type UserHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['user']>
type Ctx = GenericEndpointContext

/** Returns what was proven for the user with this address: in this call, or before the journey that ends here. */
async function provenFor(email: string, { proven }: Exclude<RequestState, { route: 'reset' }>) {
  if (!proven?.ticket) return proven
  return (await isTicketFor(proven.ticket, email)) ? proven : undefined
}

/** Decides which identity the new user of this call gets. */
async function decide(ctx: Ctx, email: string, settings: Settings): Promise<Decision> {
  const state = await stateOf(ctx)
  if (!state || state.route === 'reset') return { isProven: false }
  const { outcome, path } = state
  // Only the first user of a call counts: another one that the app creates has proven nothing. Only this route tries twice.
  if (outcome.createdUserId || (outcome.decided && path !== '/siwe/verify')) return { isProven: false }
  outcome.decided = true
  const proven = await provenFor(email, state)
  // The app gives the identity when it comes back. Without this exception, no user could be created where one is required.
  if (!proven) return { isProven: await awaitsApp(ctx, settings) }
  const { identity } = proven
  const { owner, anonymous } = await ownersOf(ctx.context, identity)
  const mayMove = settings.assign === 'field' && anonymous !== null && anonymous.id === proven.anonymousUserId
  if (owner && !mayMove) throw refusal('IDENTITY_ALREADY_LINKED')
  // Without a reservation this call may not give the identity, even if no account has it.
  if (!proven.reserved.identity) throw refusal('IDENTITY_ALREADY_LINKED')
  if (proven.ticket && !(await useTicket(ctx.context, proven.ticket, proven.reserved)))
    throw refusal('PROOF_ALREADY_USED')
  if (!owner) return { isProven: true, identity }
  outcome.moved = await moveFrom(ctx, proven)
  return { isProven: true, identity: outcome.moved === 'now' ? identity : undefined }
}

/** Takes the identity from its anonymous user: now, or after the user is created if no transaction would give it back. */
async function moveFrom(ctx: Ctx, proven: Proven): Promise<'now' | 'after'> {
  if (!(await inTransaction(ctx.context))) return 'after'
  if (await takeOver(ctx, proven)) return 'now'
  throw refusal('IDENTITY_ALREADY_LINKED')
}

interface Decision {
  isProven: boolean
  /** What the user is created with. Outside of a transaction, an identity that moves comes after. */
  identity?: string | undefined
}

const createsUsers = ({ path, body }: Ctx) => carrierOf(path, body) !== undefined || RETURN_PATHS.has(path)

/** The database hooks that give proven identities to users, and refuse all others. */
export function userHooks(settings: Settings): UserHooks {
  return {
    create: {
      async before(user: Partial<IdentifiedUser>, ctx: Ctx | null) {
        // Outside of a request, the server's own code may create users with any identity, and import them with their IDs.
        if (ctx && (user.jazzId != null || user.id != null)) throw refusal('IDENTITY_READ_ONLY')
        const { isProven, identity } = ctx ? await decide(ctx, user.email ?? '', settings) : { isProven: false }
        if (!isProven && (await settings.required(ctx))) throw refusal('PROOF_REQUIRED')
        if (!identity) return
        return { data: settings.assign === 'user-id' ? { id: identity, jazzId: identity } : { jazzId: identity } }
      },
      async after(user: IdentifiedUser, ctx: Ctx | null) {
        if (ctx && user.jazzId == null) await sayLost(ctx)
        const state = await stateOf(ctx)
        if (!ctx || !state || state.route === 'reset' || state.outcome.createdUserId) return
        const { outcome, proven } = state
        outcome.createdUserId = user.id
        if (!(await provenFor(user.email, state))) await sayElsewhere(ctx, settings)
        if (proven && outcome.moved === 'after' && !(await handOn(ctx, proven, user))) {
          // Another user has the identity by now. No one knows of this user yet, so delete them.
          await ctx.context.internalAdapter.deleteUser(user.id)
          throw refusal('IDENTITY_ALREADY_LINKED')
        }
        outcome.given = proven !== undefined && user.jazzId === proven.identity
      },
    },
    update: {
      async before(data: Partial<IdentifiedUser>, ctx: Ctx | null) {
        // Throw instead of removing it. Hooks do not see each other's changes, so a later hook could bring it back.
        // The ID is protected, too: it is the `sub` of a user who has no identity.
        if (ctx && ('jazzId' in data || 'id' in data)) throw refusal('IDENTITY_READ_ONLY')
        if (!ctx || data.emailVerified !== true || !MAILBOX_PATHS.has(ctx.path)) return
        // A user ID cannot change.
        if (settings.assign === 'user-id') return
        const state = await stateOf(ctx)
        if (state && state.route !== 'reset') state.outcome.dropped = true
        return { data: { jazzId: null } }
      },
    },
    delete: {
      async after({ isAnonymous, jazzId }: IdentifiedUser, ctx: Ctx | null) {
        if (!ctx || !isAnonymous || !jazzId || !createsUsers(ctx)) return
        ctx.context.logger.warn(
          '[local-first-identity] An anonymous user with an identity was replaced by a user without it, since the request had no proof. Send a proof with each sign-up, as `localFirstIdentityClient` does. The person gets the identity back by `link()`, after signing in in their own browser.',
        )
      },
    },
  }
}
