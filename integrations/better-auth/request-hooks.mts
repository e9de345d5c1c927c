// Before the endpoint: what the request proves. After it: what must be given back.

import type { GenericEndpointContext } from '@better-auth/core'
import { addOAuthServerContext, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'

import { refusal } from './error.mts'
import { endFlow, type Flow, flowOf, startFlow } from './flow.mts'
import { clearIdentity, findIdentity, leaveIdentity } from './mail-cookie.mts'
import type { Settings } from './options.mts'
import { takeProof } from './proof.mts'
import { identityKey, proofKey, release, reserveIdentity, reserveProof } from './reservation.mts'
import { type Carrier, carrierOf, MAIL_PATH, PASSWORD_RESET_PATH } from './routes.mts'
import { SERVER_CONTEXT_KEY } from './user-hooks.mts'
import { changeIdentity, findUser, giveIdentity, hasOtherOwner, type IdentifiedUser } from './users.mts'

type Ctx = GenericEndpointContext

/** The anonymous user of this session, who can hand their identity to the user they become. */
async function anonymousUser(ctx: Ctx, { assign }: Settings): Promise<IdentifiedUser | null> {
  const { context } = ctx
  if (assign !== 'field' || !ctx.headers || !context.hasPlugin('anonymous')) return null
  const before = context.session
  const session = await getSessionFromCtx(ctx, { disableRefresh: true })
  // To look must leave no trace: the endpoint and other hooks ask for the session themselves.
  context.session = before
  return session?.user.isAnonymous ? findUser(context, session.user.id) : null
}

/** Takes the proof and what it needs for this request alone; refuses what can be refused before anything is written. */
export async function receive(ctx: Ctx, settings: Settings): Promise<void> {
  await endFlow()
  const { path } = ctx
  const carrier = carrierOf(path, ctx.body)
  if (!carrier) return comeBack(ctx, settings)
  const proof = takeProof(ctx, settings)
  const anonymous = await anonymousUser(ctx, settings)
  const identity = proof?.id ?? anonymous?.jazzId ?? undefined
  const flow: Partial<Flow> = { identity, email: emailOf(ctx.body), anonymousUserId: anonymous?.id }
  if (!identity) {
    // Here, and not only where the user is created: a sign-up that is answered alike for an address that is taken and
    // one that is free must be refused alike, too.
    if (carrier === 'sign-up' && (await settings.required(ctx))) throw refusal('PROOF_REQUIRED')
    return
  }
  // Before Better Auth looks the address up, or this answer would tell which addresses have an account.
  const taken = await hasOtherOwner(ctx.context, identity, anonymous?.id)
  if (taken && carrier === 'sign-up') throw refusal('IDENTITY_ALREADY_LINKED')
  // Whoever has an account may sign in with a proof of its identity, as often as they like: it changes nothing.
  if (!taken) await reserveBoth(ctx, carrier, flow, proof, settings)
  if (carrier === 'redirect' && proof) await addOAuthServerContext({ [SERVER_CONTEXT_KEY]: identity })
  await startFlow(path, { ...flow, waits: carrier === 'mail' && proof !== null })
}

async function reserveBoth(
  { context }: Ctx,
  carrier: Carrier,
  flow: Partial<Flow>,
  proof: ReturnType<typeof takeProof>,
  { replayProtection }: Settings,
): Promise<void> {
  const reserved: Flow['reserved'] = {}
  if (proof && replayProtection) {
    if (!(await reserveProof(context, proof.proofId, proof.expiresAt))) throw refusal('PROOF_ALREADY_USED')
    reserved.proof = proofKey(proof.proofId)
  }
  // A redirect and a mail create no user yet.
  if (flow.identity && (carrier === 'sign-up' || carrier === 'sign-in')) {
    if (!(await reserveIdentity(context, flow.identity))) {
      if (reserved.proof) await release(context, reserved.proof)
      throw refusal('IDENTITY_ALREADY_LINKED')
    }
    reserved.identity = identityKey(flow.identity)
  }
  flow.reserved = reserved
}

const emailOf = (body: unknown): string | undefined => {
  const email = (body as { email?: unknown } | undefined)?.email
  return typeof email === 'string' ? email.toLowerCase() : undefined
}

/** The browser comes back from a provider or a mailbox, or its user sets a new password. */
async function comeBack(ctx: Ctx, settings: Settings): Promise<void> {
  const { context, path } = ctx
  if (path === PASSWORD_RESET_PATH) return startFlow(path, { unprovenUserId: await unprovenUser(ctx, settings) })
  const anonymous = await anonymousUser(ctx, settings)
  const waiting = path === MAIL_PATH ? await findIdentity(ctx) : null
  const identity = waiting?.identity ?? anonymous?.jazzId ?? undefined
  const flow: Partial<Flow> = { identity, email: waiting?.email, anonymousUserId: anonymous?.id }
  if (path === MAIL_PATH && identity && !(await hasOtherOwner(ctx.context, identity, anonymous?.id))) {
    if (await reserveIdentity(context, identity)) flow.reserved = { identity: identityKey(identity) }
    else flow.busy = true
  }
  await startFlow(path, flow)
}

/** Whose password is about to be reset, if nobody had proven that the address is theirs. */
async function unprovenUser({ body, context, query }: Ctx, { assign }: Settings): Promise<string | undefined> {
  const token = body?.token || query?.token
  if (assign !== 'field' || typeof token !== 'string') return undefined
  const verification = await context.internalAdapter.findVerificationValue(`reset-password:${token}`)
  const user = verification && (await findUser(context, verification.value))
  return user?.jazzId && !user.emailVerified ? user.id : undefined
}

/** Gives back what this request has reserved, and finishes what it has begun. */
export async function conclude(ctx: Ctx, settings: Settings): Promise<unknown> {
  const { context, path } = ctx
  const flow = await flowOf(path)
  if (!flow) return undefined
  await endFlow()
  const { returned } = context as { returned?: unknown }
  const failed = isAPIError(returned) && returned.statusCode >= 400
  try {
    if (failed && flow.reserved.proof) await release(context, flow.reserved.proof)
    if (flow.moved) await settleMove(ctx, flow)
    return failed ? undefined : await finish(ctx, flow, returned, settings)
  } finally {
    if (flow.reserved.identity) await release(context, flow.reserved.identity)
  }
}

async function finish(ctx: Ctx, flow: Flow, returned: unknown, settings: Settings): Promise<unknown> {
  if (flow.unprovenUserId) await dropIdentity(ctx, flow.unprovenUserId)
  if (flow.waits && flow.identity && flow.email) await leaveIdentity(ctx, flow.identity, flow.email)
  if (flow.path === MAIL_PATH && ctx.context.newSession) clearIdentity(ctx)
  return flow.dropped ? attachAgain(ctx, flow, returned) : disguise(flow, returned, settings)
}

/** The identity goes back to the anonymous user if the new one was not made; if it was, their sessions learn of it. */
async function settleMove({ context }: Ctx, flow: Flow): Promise<void> {
  const { anonymousUserId = '', createdUserId, identity = '' } = flow
  const user = createdUserId
    ? await findUser(context, anonymousUserId)
    : await changeIdentity(context, anonymousUserId, null, identity)
  if (createdUserId && user) await context.internalAdapter.refreshUserSessions(user)
}

async function dropIdentity({ context }: Ctx, userId: string): Promise<void> {
  const user = await findUser(context, userId)
  if (user?.jazzId) await changeIdentity(context, userId, user.jazzId, null)
}

/** Whoever took over an account that was not proven, and proved an identity of their own with it, gets that one. */
async function attachAgain(ctx: Ctx, flow: Flow, returned: unknown): Promise<unknown> {
  const { newSession } = ctx.context
  if (!newSession || !flow.identity || newSession.user.email !== flow.email) return undefined
  const user = await giveIdentity(ctx.context, newSession.user.id, flow.identity, flow.reserved.identity !== undefined)
  if (!user) return undefined
  await setSessionCookie(ctx, { session: newSession.session, user })
  return withUser(returned, { jazzId: flow.identity })
}

/**
 * Better Auth answers a sign-up with an address that is taken like one with an address that is free, where the address
 * must be verified first. Its made-up user must look as if they had the identity, too.
 */
function disguise(flow: Flow, returned: unknown, { assign }: Settings): unknown {
  if (flow.path !== '/sign-up/email' || !flow.identity || flow.createdUserId) return undefined
  return withUser(returned, { jazzId: flow.identity, ...(assign === 'user-id' && { id: flow.identity }) })
}

function withUser(returned: unknown, changes: Record<string, string>): unknown {
  const answer = returned as { user?: object } | undefined
  return answer?.user && { ...answer, user: { ...answer.user, ...changes } }
}
