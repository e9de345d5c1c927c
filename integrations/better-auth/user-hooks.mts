// The only place where an identity comes onto a user, whatever route creates them: at the database.

import type { BetterAuthOptions, GenericEndpointContext } from '@better-auth/core'
import { getOAuthState } from 'better-auth/api'

import { refusal } from './error.mts'
import { type Flow, flowOf } from './flow.mts'
import type { Settings } from './options.mts'
import { MAIL_PATH, MAILBOX_PATHS, RETURN_PATHS } from './routes.mts'
import { changeIdentity, findUser, type IdentifiedUser, ownerOf } from './users.mts'

type UserHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['user']>
type Ctx = GenericEndpointContext

/** Under this key a proven identity travels in the OAuth state that the server keeps. */
export const SERVER_CONTEXT_KEY = 'localFirstIdentity'

interface Claim {
  identity: string | undefined
  anonymousUserId: string | undefined
}

/** What the user to be created may have: proven in this request, or before a redirect in the same flow. */
async function claimOf(ctx: Ctx, flow: Flow | null, email: string, { assign }: Settings): Promise<Claim> {
  const carried = (RETURN_PATHS.has(ctx.path) && (await getOAuthState())?.serverContext) || {}
  const proven = textOf(carried[SERVER_CONTEXT_KEY]) ?? provenFor(email, flow)
  const anonymousUserId = flow?.anonymousUserId ?? textOf(carried.anonymousUserId)
  if (proven || !anonymousUserId || assign !== 'field') return { identity: proven, anonymousUserId }
  const anonymous = await findUser(ctx.context, anonymousUserId)
  return { identity: (anonymous?.isAnonymous && anonymous.jazzId) || undefined, anonymousUserId }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** An identity that was brought for one mailbox is not for another one, whose link this browser opened. */
const provenFor = (email: string, flow: Flow | null): string | undefined =>
  flow?.path === MAIL_PATH && flow.email !== undefined && flow.email !== email ? undefined : flow?.identity

/** Hands on the identity of the anonymous user who becomes this one; `false` if it is somebody else's. */
async function handOn({ context }: Ctx, owner: IdentifiedUser, claim: Claim, flow: Flow | null): Promise<boolean> {
  const { anonymousUserId, identity = null } = claim
  if (owner.id !== anonymousUserId || !owner.isAnonymous || owner.jazzId !== identity) return false
  if (!(await changeIdentity(context, owner.id, identity, null))) return false
  if (flow) Object.assign(flow, { moved: true, identity, anonymousUserId })
  return true
}

/** Decides which identity the user that this request creates gets. */
async function assign(ctx: Ctx, email: string, settings: Settings): Promise<string | undefined> {
  const flow = await flowOf(ctx.path)
  // One request, one user: another one that the app creates along the way has proven nothing.
  if (flow?.createdUserId) return undefined
  const claim = await claimOf(ctx, flow, email, settings)
  if (!claim.identity) return undefined
  const owner = await ownerOf(ctx.context, claim.identity)
  const free = owner ? settings.assign === 'field' && (await handOn(ctx, owner, claim, flow)) : !flow?.busy
  if (!free) throw refusal('IDENTITY_ALREADY_LINKED')
  return claim.identity
}

/** The database hooks that put proven identities onto users and keep others off. */
export function userHooks(settings: Settings): UserHooks {
  return {
    create: {
      async before(user: Partial<IdentifiedUser>, ctx: Ctx | null) {
        // The server's own code may create users as it likes, and import them with their IDs.
        if (ctx && (user.jazzId != null || user.id != null)) throw refusal('IDENTITY_READ_ONLY')
        const identity = ctx ? await assign(ctx, user.email ?? '', settings) : undefined
        if (!identity) {
          if (await settings.required(ctx)) throw refusal('PROOF_REQUIRED')
          return
        }
        return { data: settings.assign === 'user-id' ? { id: identity, jazzId: identity } : { jazzId: identity } }
      },
      async after(user: IdentifiedUser, ctx: Ctx | null) {
        const flow = await flowOf(ctx?.path)
        if (flow) flow.createdUserId ??= user.id
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
        const flow = await flowOf(ctx.path)
        if (flow) flow.dropped = true
        return { data: { jazzId: null } }
      },
    },
  }
}
