// The only place where an identity comes onto a user, whatever route creates them: at the database.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'

import { handOn, takeOver } from './anonymous.mts'
import { refusal } from './error.mts'
import { type Flow, flowOf } from './flow.mts'
import type { Settings } from './options.mts'
import { isTicketFor, useTicket } from './return-ticket.mts'
import { carrierOf, MAILBOX_PATHS, RETURN_PATHS } from './routes.mts'
import { inTransaction } from './transaction.mts'
import { anonymousOwner, type IdentifiedUser, ownerOf } from './users.mts'

type UserHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['user']>
type Ctx = GenericEndpointContext

/** The identity that was proven in this call, or before the browser left on the journey that ends here. */
async function provenFor(email: string, { path, ticket, identity }: Flow): Promise<string | undefined> {
  if (!RETURN_PATHS.has(path)) return identity
  return ticket && (await isTicketFor(ticket, email)) ? identity : undefined
}

/** Decides which identity the user that this call creates gets. */
async function decide(ctx: Ctx, email: string, settings: Settings): Promise<Decision> {
  const flow = await flowOf(ctx)
  // One call, one user: another one that the app creates along the way has proven nothing. That route alone tries twice.
  if (!flow || flow.createdUserId || (flow.decided && flow.path !== '/siwe/verify')) return { proven: false }
  flow.decided = true
  const identity = await provenFor(email, flow)
  if (!identity) return { proven: false }
  const owner = await ownerOf(ctx.context, identity)
  const former = settings.assign === 'field' ? anonymousOwner(owner, identity) : null
  if (owner && (!former || former.id !== flow.anonymousUserId)) throw refusal('IDENTITY_ALREADY_LINKED')
  // What this call has not reserved it may not give, though nobody has it by now.
  if (!flow.reserved.identity) throw refusal('IDENTITY_ALREADY_LINKED')
  if (!(await useTicket(ctx.context, flow))) throw refusal('PROOF_ALREADY_USED')
  if (!owner) return { proven: true, identity }
  if (!(await inTransaction(ctx.context))) flow.moved = 'after'
  else if (await takeOver(ctx, flow)) flow.moved = 'now'
  else throw refusal('IDENTITY_ALREADY_LINKED')
  return { proven: true, identity: flow.moved === 'now' ? identity : undefined }
}

interface Decision {
  proven: boolean
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
        const { proven, identity } = ctx ? await decide(ctx, user.email ?? '', settings) : { proven: false }
        if (!proven && (await settings.required(ctx))) throw refusal('PROOF_REQUIRED')
        if (!identity) return
        return { data: settings.assign === 'user-id' ? { id: identity, jazzId: identity } : { jazzId: identity } }
      },
      async after(user: IdentifiedUser, ctx: Ctx | null) {
        const flow = await flowOf(ctx)
        if (!ctx || !flow || flow.createdUserId) return
        flow.createdUserId = user.id
        if (flow.moved === 'after' && !(await handOn(ctx, flow, user))) {
          // Somebody else has the identity by now. Nobody knows of this user yet.
          await ctx.context.internalAdapter.deleteUser(user.id)
          throw refusal('IDENTITY_ALREADY_LINKED')
        }
        flow.given = flow.identity !== undefined && user.jazzId === flow.identity
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
        const flow = await flowOf(ctx)
        if (flow) flow.dropped = true
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
