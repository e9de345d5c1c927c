// After the endpoint: gives back what the call has reserved, and finishes what it has begun.

import type { GenericEndpointContext } from '@better-auth/core'
import { isAPIError } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'

import { settle } from './anonymous.mts'
import type { Settings } from './options.mts'
import { type Departure, type Proven, type Return, type SignUp, takeState } from './request-state.mts'
import { release, reserveUse } from './reservation.mts'
import { clearTicket, isTicketFor, leaveTicket, useTicket } from './return-ticket.mts'
import { findUser, giveIdentity, hasOtherOwner } from './users.mts'

type Ctx = GenericEndpointContext
type State = SignUp | Departure | Return

const isReturn = (state: State): state is Return => state.route !== 'sign-up' && state.leg === 'back'

/** @returns What the client is answered instead, if anything. */
export async function afterEndpoint(ctx: Ctx, settings: Settings): Promise<unknown> {
  const state = await takeState(ctx)
  if (!state || state.route === 'reset') return undefined
  const { context } = ctx
  const { returned } = context as { returned?: unknown }
  const { outcome, proven } = state
  const failed = isAPIError(returned) && returned.statusCode >= 400
  let used = !failed && !isReturn(state)
  try {
    if (outcome.moved && proven) await settle(ctx, proven, outcome.moved)
    used ||= await hasGiven(ctx, state)
    const answer = failed ? undefined : await finish(ctx, state, returned, settings)
    used ||= outcome.given
    return answer
  } catch (error) {
    // What a fault has left is not known: the identity may be there.
    used = true
    throw error
  } finally {
    const { use, identity } = proven?.reserved ?? {}
    if (use && !used) await release(context, use)
    if (identity) await release(context, identity)
  }
}

/** Whether a user has the identity by this call, though its hook may not have been told: another one may have failed. */
async function hasGiven({ context }: Ctx, { outcome, proven }: State): Promise<boolean> {
  if (outcome.given || !outcome.decided || !proven) return outcome.given
  return hasOtherOwner(context, proven.identity, proven.anonymousUserId)
}

async function finish(ctx: Ctx, state: State, returned: unknown, settings: Settings): Promise<unknown> {
  if (isReturn(state)) {
    if (await endsJourney(ctx, state)) clearTicket(ctx)
  } else if (state.route !== 'sign-up') {
    await leaveTicket(ctx, state.ticket)
  }
  const { dropped, moved, given, createdUserId } = state.outcome
  if (moved === 'after' && given && createdUserId) return showMoved(ctx, createdUserId, returned)
  return dropped ? attachAgain(ctx, state, returned, settings) : disguise(state, returned, settings)
}

/** The endpoint has made its answer and its cookie of the user as they were before the identity came to them. */
async function showMoved(ctx: Ctx, userId: string, returned: unknown): Promise<unknown> {
  const user = await findUser(ctx.context, userId)
  if (!user?.jazzId) return undefined
  const { newSession } = ctx.context
  if (newSession?.user.id === userId) await setSessionCookie(ctx, { session: newSession.session, user })
  return withUser(returned, { jazzId: user.jazzId })
}

/** Whether the journey of this browser's ticket ends here. Somebody else's link must not cost the ticket. */
async function endsJourney({ context }: Ctx, { ticket }: Return): Promise<boolean> {
  return ticket !== undefined && context.newSession != null && isTicketFor(ticket, context.newSession.user.email)
}

/** A person who took over an account that was not proven, and proved an identity of their own with it, gets that one. */
async function attachAgain(ctx: Ctx, state: State, returned: unknown, settings: Settings): Promise<unknown> {
  const { context } = ctx
  const { newSession } = context
  const { proven, outcome } = state
  if (!newSession || !proven || !(await isFor(state, proven, newSession.user.email))) return undefined
  if (!(await useAgain(ctx, proven, newSession.user.id, settings))) return undefined
  const user = await giveIdentity(context, newSession.user.id, proven.identity, {
    reserved: proven.reserved.identity !== undefined,
    anonymousUserId: proven.anonymousUserId,
  })
  if (!user) return undefined
  outcome.given = true
  await setSessionCookie(ctx, { session: newSession.session, user })
  return withUser(returned, { jazzId: proven.identity })
}

/** Whether the proof was meant for the account with this address: the request, or the ticket, has named it. */
const isFor = async (state: State, { ticket }: Proven, ofAccount: string): Promise<boolean> =>
  ticket ? isTicketFor(ticket, ofAccount) : state.route === 'sign-up' && state.email === ofAccount

/** Uses up the proof or the ticket, which the sign-in to an account has not done. */
async function useAgain({ context }: Ctx, proven: Proven, userId: string, { replayProtection }: Settings) {
  const { proof, ticket, reserved, ownerId } = proven
  // The identity was this account's own, so that nothing was reserved. Its owner may prove it by a used proof, too.
  if (proof && replayProtection && !reserved.use) {
    const first = await reserveUse(context, { kind: 'proof', value: proof.proofId }, proof)
    if (!first && ownerId !== userId) return false
  }
  return !ticket || useTicket(context, ticket, reserved)
}

/**
 * Better Auth answers a sign-up with an address that is taken like one with an address that is free, where the address
 * must be verified first. Its made-up user must look as if they had the identity, too.
 */
function disguise({ path, proven, outcome }: State, returned: unknown, { assign }: Settings): unknown {
  if (path !== '/sign-up/email' || !proven || outcome.createdUserId) return undefined
  const jazzId = proven.identity
  return withUser(returned, { jazzId, ...(assign === 'user-id' && { id: jazzId }) })
}

function withUser(returned: unknown, changes: Record<string, string>): unknown {
  const answer = returned as { user?: object } | undefined
  return answer?.user && { ...answer, user: { ...answer.user, ...changes } }
}
