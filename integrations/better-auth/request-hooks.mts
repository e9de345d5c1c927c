// Before the endpoint: what the request proves, and what it needs for itself alone.

import type { GenericEndpointContext } from '@better-auth/core'
import { addOAuthServerContext } from 'better-auth/api'
import type { VerifiedProof } from 'local-first-identity'

import { anonymousUser } from './anonymous.mts'
import { refusal } from './error.mts'
import { type Flow, startFlow } from './flow.mts'
import type { Settings } from './options.mts'
import { takeProof } from './proof.mts'
import { identityKey, proofKey, release, reserveIdentity, reserveUse, ticketKey } from './reservation.mts'
import { type Carrier, carrierOf, PASSWORD_RESET_PATHS } from './routes.mts'
import { SERVER_CONTEXT_KEY } from './user-hooks.mts'
import { findUser, hasOtherOwner } from './users.mts'
import { findWaiting, newWaiting } from './waiting.mts'

type Ctx = GenericEndpointContext

/** Takes the proof of a request; refuses what can be refused before anything is written. */
export async function receive(ctx: Ctx, settings: Settings): Promise<void> {
  const carrier = carrierOf(ctx.path, ctx.body)
  if (carrier) return setOut(ctx, carrier, settings)
  if (PASSWORD_RESET_PATHS.has(ctx.path)) {
    return startFlow(ctx, { unprovenUserId: await unprovenUser(ctx, settings) })
  }
  return comeBack(ctx, settings)
}

async function setOut(ctx: Ctx, carrier: Carrier, settings: Settings): Promise<void> {
  const proof = takeProof(ctx, settings) ?? undefined
  const anonymous = await anonymousUser(ctx, settings)
  const identity = proof?.id ?? anonymous?.jazzId ?? undefined
  const flow: Partial<Flow> = { identity, proof, email: emailOf(ctx.body), anonymousUserId: anonymous?.id }
  // Here, and not only where the user is created: a sign-up that is answered alike for an address that is taken and one
  // that is free must be refused alike, too.
  if (!identity && carrier === 'sign-up' && (await settings.required(ctx))) throw refusal('PROOF_REQUIRED')
  if (identity) flow.reserved = await reserveFor(ctx, carrier, identity, anonymous?.id, proof, settings)
  if (proof && carrier === 'mail' && flow.email) flow.waiting = newWaiting(ctx, 'mail', proof.id, flow.email)
  if (proof && carrier === 'redirect') {
    flow.waiting = newWaiting(ctx, 'redirect', proof.id)
    // The identity travels in the OAuth state, and is good only in the browser that has its ticket.
    await addOAuthServerContext({ [SERVER_CONTEXT_KEY]: flow.waiting })
  }
  await startFlow(ctx, flow)
}

/** Reserves what this request must have for itself: the use of the proof, and the identity while a user is made. */
async function reserveFor(
  { context }: Ctx,
  carrier: Carrier,
  identity: string,
  anonymousUserId: string | undefined,
  proof: VerifiedProof | undefined,
  { replayProtection }: Settings,
): Promise<Flow['reserved']> {
  // Before Better Auth looks the address up, or this answer would tell which addresses have an account.
  const taken = await hasOtherOwner(context, identity, anonymousUserId)
  if (taken && carrier === 'sign-up') throw refusal('IDENTITY_ALREADY_LINKED')
  // Whoever has an account may sign in with a proof of its identity, as often as they like: it changes nothing.
  if (taken && carrier === 'sign-in') return {}
  const use = proof && replayProtection ? proofKey(proof.proofId) : undefined
  if (use && !(await reserveUse(context, use, proof?.expiresAt ?? 0))) throw refusal('PROOF_ALREADY_USED')
  // A redirect and a mail create no user yet.
  if (carrier === 'redirect' || carrier === 'mail') return { use }
  if (await reserveIdentity(context, identity)) return { use, identity: identityKey(identity) }
  if (use) await release(context, use)
  throw refusal('IDENTITY_ALREADY_LINKED')
}

const emailOf = (body: unknown): string | undefined => {
  const email = (body as { email?: unknown } | undefined)?.email
  return typeof email === 'string' ? email.toLowerCase() : undefined
}

/** The browser comes back from a provider or a mailbox. */
async function comeBack(ctx: Ctx, settings: Settings): Promise<void> {
  const { context } = ctx
  const anonymous = await anonymousUser(ctx, settings)
  const waiting = await findWaiting(ctx)
  const use = waiting ? ticketKey(waiting.ticket) : undefined
  // A copy of the cookie is good for nothing when the first one has made an account, or is about to.
  const busy = waiting !== null && use !== undefined && !(await reserveUse(context, use, waiting.expiresAt))
  const identity = waiting?.identity ?? anonymous?.jazzId ?? undefined
  const flow: Partial<Flow> = {
    identity,
    waiting: waiting ?? undefined,
    email: waiting?.email ?? undefined,
    anonymousUserId: anonymous?.id,
    reserved: { use: busy ? undefined : use },
    busy,
  }
  if (identity && !busy && !(await hasOtherOwner(context, identity, anonymous?.id))) {
    flow.busy = !(await reserveIdentity(context, identity))
    if (!flow.busy) flow.reserved = { ...flow.reserved, identity: identityKey(identity) }
  }
  await startFlow(ctx, flow)
}

/** Whose password is about to be reset, if nobody had proven that the address is theirs. */
async function unprovenUser({ body, context, query }: Ctx, { assign }: Settings): Promise<string | undefined> {
  if (assign !== 'field') return undefined
  const { internalAdapter } = context
  const [token, email] = [body?.token || query?.token, emailOf(body)]
  const verification =
    typeof token === 'string' && (await internalAdapter.findVerificationValue(`reset-password:${token}`))
  const byEmail = !verification && email ? (await internalAdapter.findUserByEmail(email))?.user : null
  const user = verification ? await findUser(context, verification.value) : byEmail
  return user && !user.emailVerified ? user.id : undefined
}
