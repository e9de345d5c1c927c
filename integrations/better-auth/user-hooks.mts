// The only place where an identity comes onto a user, whatever route creates them: at the database.

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

/** What was proven for the user with this address: in this call, or before the browser left on the journey that ends here. */
async function provenFor(email: string, { proven }: Exclude<RequestState, { route: 'reset' }>) {
  if (!proven?.ticket) return proven
  return (await isTicketFor(proven.ticket, email)) ? proven : undefined
}

/** Decides which identity the user that this call creates gets. */
async function decide(ctx: Ctx, email: string, settings: Settings): Promise<Decision> {
  const state = await stateOf(ctx)
  if (!state || state.route === 'reset') return { isProven: false }
  const { outcome, path } = state
  // One call, one user: another one that the app creates along the way has proven nothing. That route alone tries twice.
  if (outcome.createdUserId || (outcome.decided && path !== '/siwe/verify')) return { isProven: false }
  outcome.decided = true
  const proven = await provenFor(email, state)
  // The app gives the identity when it comes back: without that, no user could be made where one is required.
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

/** Takes the identity from its anonymous user, now or, where no transaction would give it back, after the user is created. */
async function moveFrom(ctx: Ctx, proven: Proven): Promise<'now' | 'after'> {
  if (!(await inTransaction(ctx.context))) return 'after'
  if (await takeOver(ctx, proven)) return 'now'
  throw refusal('IDENTITY_ALREADY_LINKED')
}

interface Decision {
  isProven: boolean
  /** What the user is created with; an identity that is handed on outside of a transaction comes after. */
  identity?: string | undefined
}

const createsUsers = ({ path, body }: Ctx) => carrierOf(path, body) !== undefined || RETURN_PATHS.has(path)

/** The database hooks that put proven identities onto users and keep others off. */
export function userHooks(settings: Settings): UserHooks {
  return {
    create: {
      async before(user: Partial<IdentifiedUser>, ctx: Ctx | null) {
        // The server's own code may create users as it likes, and import them with their IDs.
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
          // Somebody else has the identity by now. Nobody knows of this user yet.
          await ctx.context.internalAdapter.deleteUser(user.id)
          throw refusal('IDENTITY_ALREADY_LINKED')
        }
        outcome.given = proven !== undefined && user.jazzId === proven.identity
      },
    },
    update: {
      async before(data: Partial<IdentifiedUser>, ctx: Ctx | null) {
        // Thrown, not removed: hooks do not see one another's changes, so that a later one could bring it back.
        // The ID, too: it is the `sub` of who has no identity.
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
