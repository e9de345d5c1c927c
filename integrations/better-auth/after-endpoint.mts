// After the endpoint: releases what the call has reserved, and finishes what it began.

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

/** @returns The response that replaces the endpoint's, if any. */
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
    // After an error it is not known what was stored. The identity may be there, so the use counts.
    used = true
    throw error
  } finally {
    const { use, identity } = proven?.reserved ?? {}
    if (use && !used) await release(context, use)
    if (identity) await release(context, identity)
  }
}

/** Whether this call gave a user the identity. This plugin's hook may not have run, since another hook may have failed. */
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

/** Puts the identity into the response and the cookie: the endpoint made both before the user had it. */
async function showMoved(ctx: Ctx, userId: string, returned: unknown): Promise<unknown> {
  const user = await findUser(ctx.context, userId)
  if (!user?.jazzId) return undefined
  const { newSession } = ctx.context
  if (newSession?.user.id === userId) await setSessionCookie(ctx, { session: newSession.session, user })
  return withUser(returned, { jazzId: user.jazzId })
}

/** Whether the journey of this browser's ticket ends here. Opening another person's link must not use up the ticket. */
async function endsJourney({ context }: Ctx, { ticket }: Return): Promise<boolean> {
  return ticket !== undefined && context.newSession != null && isTicketFor(ticket, context.newSession.user.email)
}

/**
 * Gives the identity to a person who took over an account in this call and proved an identity with it. The account's address
 * was not verified before, so the account has lost the identity that it had.
 */
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

/** Whether the proof was meant for the account with this address: the request or the ticket names it. */
const isFor = async (state: State, { ticket }: Proven, ofAccount: string): Promise<boolean> =>
  ticket ? isTicketFor(ticket, ofAccount) : state.route === 'sign-up' && state.email === ofAccount

/** Uses up the proof or the ticket. A sign-in to an existing account has not done so yet. */
async function useAgain({ context }: Ctx, proven: Proven, userId: string, { replayProtection }: Settings) {
  const { proof, ticket, reserved, ownerId } = proven
  // Nothing was reserved if the identity was this account's own. Its owner may also prove it with a used proof.
  if (proof && replayProtection && !reserved.use) {
    const first = await reserveUse(context, { kind: 'proof', value: proof.proofId }, proof)
    if (!first && ownerId !== userId) return false
  }
  return !ticket || useTicket(context, ticket, reserved)
}

/**
 * Adds the identity to the made-up user in the response to a sign-up with a taken address. Where an address must be verified
 * first, Better Auth answers such a sign-up like one with a free address. The made-up user must look the same, too.
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
