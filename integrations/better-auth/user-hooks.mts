// The only place where an identity comes onto a user, whatever route creates them: at the database.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'
import { getCurrentAdapter } from '@better-auth/core/context'
import { getOAuthState } from 'better-auth/api'

import { handOn, takeOver } from './anonymous.mts'
import { refusal } from './error.mts'
import { type Flow, flowOf } from './flow.mts'
import type { Settings } from './options.mts'
import { MAIL_PATH, MAILBOX_PATHS, RETURN_PATHS } from './routes.mts'
import { type IdentifiedUser, ownerOf } from './users.mts'
import type { Waiting } from './waiting.mts'

type UserHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['user']>
type Ctx = GenericEndpointContext

/** Under this key a proven identity travels in what Better Auth keeps of an OAuth flow, which no client can write. */
export const SERVER_CONTEXT_KEY = 'localFirstIdentity'

/** The identity that was proven in this call, or before the browser left, for whoever has this address. */
async function provenFor(email: string, flow: Flow): Promise<string | undefined> {
  // An identity that was brought for one mailbox is not for another one, whose link this browser opened.
  if (flow.path === MAIL_PATH) return flow.email === undefined || flow.email === email ? flow.identity : undefined
  if (!RETURN_PATHS.has(flow.path) || !flow.waiting) return flow.identity
  // The state of somebody else's journey, or of another one of this browser's, is none.
  const carried = (await getOAuthState())?.serverContext?.[SERVER_CONTEXT_KEY] as Waiting | undefined
  return carried?.ticket === flow.waiting.ticket ? carried.identity : undefined
}

/** Decides which identity the user that this call creates gets. */
async function decide(ctx: Ctx, email: string, settings: Settings): Promise<Decision> {
  const flow = await flowOf(ctx)
  // One call, one user: another one that the app creates along the way has proven nothing.
  if (!flow || flow.createdUserId) return { proven: false }
  const identity = await provenFor(email, flow)
  if (!identity) return { proven: false }
  const owner = await ownerOf(ctx.context, identity)
  if (!owner && !flow.busy) return { proven: true, identity }
  const mine = settings.assign === 'field' && owner !== null && owner.id === flow.anonymousUserId
  if (!mine || owner.jazzId !== identity) throw refusal('IDENTITY_ALREADY_LINKED')
  const adapter = await getCurrentAdapter(ctx.context.adapter)
  const handedOn = await takeOver(ctx, flow, adapter !== ctx.context.adapter)
  return { proven: true, identity: handedOn ? identity : undefined }
}

interface Decision {
  proven: boolean
  /** What the user is created with; an identity that is handed on outside of a transaction comes after. */
  identity?: string | undefined
}

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
        if (flow.moved === 'after') await handOn(ctx, flow, user)
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
  }
}
