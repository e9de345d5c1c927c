// Before the endpoint: what the request proves, and what it needs for itself alone.

import type { GenericEndpointContext } from '@better-auth/core'
import { addOAuthServerContext } from 'better-auth/api'
import type { VerifiedProof } from 'local-first-identity'

import { refusal } from './error.mts'
import { type Flow, startFlow } from './flow.mts'
import type { Settings } from './options.mts'
import { unprovenUser } from './password-reset.mts'
import { takeProof } from './proof.mts'
import { type Name, release, reserveIdentity, reserveUse } from './reservation.mts'
import { findTicket, newTicket, STATE_KEY } from './return-ticket.mts'
import { type Carrier, carrierOf, PASSWORD_RESET_PATHS } from './routes.mts'
import { isImpersonated } from './session.mts'
import { anonymousOwner, hasOtherOwner, type IdentifiedUser, ownerOf } from './users.mts'

type Ctx = GenericEndpointContext

/** Takes the proof of a request; refuses what can be refused before anything is written. */
export async function receive(ctx: Ctx, settings: Settings): Promise<void> {
  const carrier = carrierOf(ctx.path, ctx.body)
  if (carrier) return setOut(ctx, carrier, settings)
  if (PASSWORD_RESET_PATHS.has(ctx.path)) {
    return startFlow(ctx, { unprovenUserId: await unprovenUser(ctx, settings) })
  }
  return comeBack(ctx)
}

async function setOut(ctx: Ctx, carrier: Carrier, settings: Settings): Promise<void> {
  const proof = takeProof(ctx, settings) ?? undefined
  // The device is that of the admin who acts as the user: its identity is not the user's.
  if (proof && (await isImpersonated(ctx))) throw refusal('IDENTITY_READ_ONLY')
  // Here, and not only where the user is created: a sign-up that is answered alike for an address that is taken and one
  // that is free must be refused alike, too.
  if (!proof && carrier === 'sign-up' && (await settings.required(ctx))) throw refusal('PROOF_REQUIRED')
  const flow: Partial<Flow> = { identity: proof?.id, proof, email: emailOf(ctx.body) }
  if (proof) {
    const owner = await ownerOf(ctx.context, proof.id)
    // One anonymous user does not take it from another: two devices of one person would take it from each other for ever.
    const former = ctx.path === '/sign-in/anonymous' ? null : anonymousOwner(owner, proof.id)
    flow.ownerId = owner?.id
    flow.anonymousUserId = former?.id
    flow.reserved = await reserveFor(ctx, carrier, proof, former ? null : owner, settings)
  }
  if (carrier === 'redirect' || carrier === 'mail') flow.ticket = await ticketFor(ctx, carrier, flow)
  await startFlow(ctx, flow)
}

/** Reserves what this request must have for itself: the use of the proof, and the identity while a user is made. */
async function reserveFor(
  { context }: Ctx,
  carrier: Carrier,
  proof: VerifiedProof,
  owner: IdentifiedUser | null,
  { replayProtection }: Settings,
): Promise<Flow['reserved']> {
  // Before Better Auth looks the address up, or this answer would tell which addresses have an account.
  if (owner && carrier === 'sign-up') throw refusal('IDENTITY_ALREADY_LINKED')
  // Whoever has an account may sign in with a proof of its identity, as often as they like: it changes nothing.
  if (owner && carrier === 'sign-in') return {}
  const use: Name | undefined = replayProtection ? { kind: 'proof', value: proof.proofId } : undefined
  if (use && !(await reserveUse(context, use, proof))) throw refusal('PROOF_ALREADY_USED')
  // A redirect and a mail create no user yet.
  if (carrier === 'redirect' || carrier === 'mail') return { use }
  const identity: Name = { kind: 'identity', value: proof.id }
  if (await reserveIdentity(context, identity)) return { use, identity }
  if (use) await release(context, use)
  throw refusal('IDENTITY_ALREADY_LINKED')
}

const emailOf = (body: unknown): string | undefined => {
  const email = (body as { email?: unknown } | undefined)?.email
  return typeof email === 'string' ? email.toLowerCase() : undefined
}

/** Every journey has a ticket, with an identity or without one: it takes the place of that of an earlier journey. */
async function ticketFor(ctx: Ctx, way: 'redirect' | 'mail', { identity, anonymousUserId, email }: Partial<Flow>) {
  const ticket = newTicket(ctx, {
    way,
    identity: identity ?? null,
    anonymousUserId: anonymousUserId ?? null,
    email: way === 'mail' ? (email ?? null) : null,
  })
  if (way === 'redirect') await addOAuthServerContext({ [STATE_KEY]: ticket.id })
  return ticket
}

/** The browser comes back from a provider or a mailbox. */
async function comeBack(ctx: Ctx): Promise<void> {
  const { context } = ctx
  const ticket = await findTicket(ctx)
  if (!ticket) return startFlow(ctx)
  const { identity } = ticket
  if (!identity || (await isImpersonated(ctx))) return startFlow(ctx, { ticket })
  const anonymousUserId = ticket.anonymousUserId ?? undefined
  const reserved: Flow['reserved'] = {}
  // The ticket is used where the identity is given: until then, the link that is opened may be somebody else's.
  const name: Name = { kind: 'identity', value: identity }
  const isTheirs = !(await hasOtherOwner(context, identity, anonymousUserId))
  if (isTheirs && (await reserveIdentity(context, name))) reserved.identity = name
  await startFlow(ctx, { identity, ticket, anonymousUserId, reserved })
}
