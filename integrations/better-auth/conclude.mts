// After the endpoint: what the request has reserved is given back, and what it has begun is finished.

import type { GenericEndpointContext } from '@better-auth/core'
import { isAPIError } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'

import { settle } from './anonymous.mts'
import { endFlow, type Flow, flowOf } from './flow.mts'
import type { Settings } from './options.mts'
import { release, reserveUse } from './reservation.mts'
import { clearTicket, isTicketFor, leaveTicket, useTicket } from './return-ticket.mts'
import { RETURN_PATHS } from './routes.mts'
import { giveIdentity, hasOtherOwner } from './users.mts'

type Ctx = GenericEndpointContext

/** @returns What the client is answered instead, if anything. */
export async function conclude(ctx: Ctx, settings: Settings): Promise<unknown> {
  const flow = await flowOf(ctx)
  if (!flow) return undefined
  await endFlow(flow)
  const { context } = ctx
  const { returned } = context as { returned?: unknown }
  const failed = isAPIError(returned) && returned.statusCode >= 400
  let used = !failed && !RETURN_PATHS.has(ctx.path)
  try {
    if (flow.moved) await settle(ctx, flow)
    used ||= await hasGiven(ctx, flow)
    const answer = failed ? undefined : await finish(ctx, flow, returned, settings)
    used ||= flow.given
    return answer
  } catch (error) {
    // What a fault has left is not known: the identity may be there.
    used = true
    throw error
  } finally {
    if (flow.reserved.use && !used) await release(context, flow.reserved.use)
    if (flow.reserved.identity) await release(context, flow.reserved.identity)
  }
}

/** Whether a user has the identity by this request, though its hook may not have been told: another one may have failed. */
async function hasGiven({ context }: Ctx, { given, decided, identity, anonymousUserId }: Flow): Promise<boolean> {
  return given || (decided && identity !== undefined && (await hasOtherOwner(context, identity, anonymousUserId)))
}

async function finish(ctx: Ctx, flow: Flow, returned: unknown, settings: Settings): Promise<unknown> {
  if (!RETURN_PATHS.has(ctx.path)) {
    if (flow.ticket) await leaveTicket(ctx, flow.ticket)
  } else if (await endsJourney(ctx, flow)) {
    clearTicket(ctx)
  }
  return flow.dropped ? attachAgain(ctx, flow, returned, settings) : disguise(flow, returned, settings)
}

/** Whether the journey of this browser's ticket ends here. Somebody else's link must not cost the ticket. */
async function endsJourney({ context }: Ctx, { ticket }: Flow): Promise<boolean> {
  return ticket !== undefined && context.newSession != null && isTicketFor(ticket, context.newSession.user.email)
}

/** Whoever took over an account that was not proven, and proved an identity of their own with it, gets that one. */
async function attachAgain(ctx: Ctx, flow: Flow, returned: unknown, { replayProtection }: Settings): Promise<unknown> {
  const { context } = ctx
  const { newSession } = context
  if (!newSession || !flow.identity || !(await isTheirs(flow, newSession.user.email))) return undefined
  const { proof, reserved, ownerId } = flow
  // The identity was this account's own, so that nothing was reserved. Its owner may prove it by a used proof, too.
  if (proof && replayProtection && !reserved.use) {
    const first = await reserveUse(context, { kind: 'proof', value: proof.proofId }, proof)
    if (!first && ownerId !== newSession.user.id) return undefined
  }
  if (!(await useTicket(context, flow))) return undefined
  const user = await giveIdentity(context, newSession.user.id, flow.identity, {
    reserved: reserved.identity !== undefined,
    anonymousUserId: flow.anonymousUserId,
  })
  if (!user) return undefined
  flow.given = true
  await setSessionCookie(ctx, { session: newSession.session, user })
  return withUser(returned, { jazzId: flow.identity })
}

/** Whether the proof was meant for the account with this address: the request, or the ticket, has named it. */
const isTheirs = async ({ path, ticket, email }: Flow, ofAccount: string): Promise<boolean> =>
  RETURN_PATHS.has(path) ? ticket !== undefined && isTicketFor(ticket, ofAccount) : email === ofAccount

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
