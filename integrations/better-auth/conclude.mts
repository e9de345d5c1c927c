// After the endpoint: what the request has reserved is given back, and what it has begun is finished.

import type { GenericEndpointContext } from '@better-auth/core'
import { isAPIError } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'

import { refreshFormer } from './anonymous.mts'
import { endFlow, type Flow, flowOf } from './flow.mts'
import type { Settings } from './options.mts'
import { release, reserveUse } from './reservation.mts'
import { clearTicket, isTicketFor, leaveTicket, useTicket } from './return-ticket.mts'
import { RETURN_PATHS } from './routes.mts'
import { giveIdentity } from './users.mts'

type Ctx = GenericEndpointContext

/** @returns What the client is answered instead, if anything. */
export async function conclude(ctx: Ctx, settings: Settings): Promise<unknown> {
  const flow = await flowOf(ctx)
  if (!flow) return undefined
  await endFlow(flow)
  const { context } = ctx
  const { returned } = context as { returned?: unknown }
  const failed = isAPIError(returned) && returned.statusCode >= 400
  try {
    if (flow.moved && flow.createdUserId) await refreshFormer(ctx, flow)
    return failed ? undefined : await finish(ctx, flow, returned, settings)
  } finally {
    // A journey that set out has used its proof.
    const used = flow.given || (!failed && !RETURN_PATHS.has(ctx.path))
    if (flow.reserved.use && !used) await release(context, flow.reserved.use)
    if (flow.reserved.identity) await release(context, flow.reserved.identity)
  }
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
  const { proof, reserved } = flow
  // The identity was this account's own, so that nothing was reserved.
  const unused = proof && replayProtection && !reserved.use
  if (unused && !(await reserveUse(context, { kind: 'proof', value: proof.proofId }, proof))) return undefined
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
