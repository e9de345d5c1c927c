// Before the endpoint: takes the proof of a request, and refuses what can be refused before anything is written.

import type { GenericEndpointContext } from '@better-auth/core'
import { addOAuthServerContext } from 'better-auth/api'
import type { VerifiedProof } from 'local-first-identity'

import { refusal } from './error.mts'
import type { Settings } from './options.mts'
import { unprovenUser } from './password-reset.mts'
import { takeProof } from './proof.mts'
import { open, type Proven, startState } from './request-state.mts'
import { type Name, prepare, type Reserved, reserve, reserveIdentityInTurn } from './reservation.mts'
import { findTicket, newTicket, PROVEN_KEY, STATE_KEY, type Way, wayBack } from './return-ticket.mts'
import { type Carrier, carrierOf, PASSWORD_RESET_PATHS } from './routes.mts'
import { headersOf, isImpersonatedIn, sessionOf } from './session.mts'
import { hasOtherOwner, type IdentifiedUser, ownersOf } from './users.mts'

type Ctx = GenericEndpointContext

/** Takes what the request proves, and notes it for the hooks that follow. */
export async function beforeEndpoint(ctx: Ctx, settings: Settings): Promise<void> {
  const { path } = ctx
  const carrier = carrierOf(path, ctx.body)
  if (carrier) return setOut(ctx, carrier, settings)
  if (PASSWORD_RESET_PATHS.has(path)) {
    return startState(ctx, { route: 'reset', path, unprovenUserId: await unprovenUser(ctx, settings) })
  }
  return comeBack(ctx)
}

async function setOut(ctx: Ctx, carrier: Carrier, settings: Settings): Promise<void> {
  const { path } = ctx
  const proof = takeProof(ctx, settings)
  // The device is that of the admin who acts as the user: its identity is not the user's.
  if (proof && (await isImpersonated(ctx))) throw refusal('IDENTITY_READ_ONLY')
  // Here, and not only where the user is created: a sign-up that is answered alike for an address that is taken and one
  // that is free must be refused alike, too.
  if (!proof && carrier === 'sign-up' && (await settings.required(ctx))) throw refusal('PROOF_REQUIRED')
  const proven = proof ? await provenBy(ctx, carrier, proof, settings) : undefined
  const email = emailOf(ctx.body)
  if (carrier !== 'redirect' && carrier !== 'mail') {
    return startState(ctx, { route: 'sign-up', path, email, proven, outcome: open() })
  }
  const ticket = await ticketFor(ctx, carrier, proven, email)
  return startState(ctx, { route: carrier, leg: 'out', path, proven, ticket, outcome: open() })
}

/** What a proof proves, once what this request must have for itself is reserved. */
async function provenBy(ctx: Ctx, carrier: Carrier, proof: VerifiedProof, settings: Settings): Promise<Proven> {
  const { owner, anonymous } = await ownersOf(ctx.context, proof.id)
  // One anonymous user does not take it from another: two devices of one person would take it from each other for ever.
  const former = ctx.path === '/sign-in/anonymous' ? null : anonymous
  const reserved = await reserveFor(ctx, carrier, proof, former ? null : owner, settings)
  return { identity: proof.id, proof, ownerId: owner?.id, anonymousUserId: former?.id, reserved }
}

/** Reserves the use of the proof, and the identity while a user is made. */
async function reserveFor(
  { context }: Ctx,
  carrier: Carrier,
  proof: VerifiedProof,
  owner: IdentifiedUser | null,
  { replayProtection }: Settings,
): Promise<Reserved> {
  // Before Better Auth looks the address up, or this answer would tell which addresses have an account.
  if (owner && carrier === 'sign-up') throw refusal('IDENTITY_ALREADY_LINKED')
  // The owner of an account may sign in with a proof of its identity, as often as they like: it changes nothing.
  if (owner && carrier === 'sign-in') return {}
  const name: Name = { kind: 'proof', value: proof.proofId }
  const use = replayProtection ? { name, lifetime: proof } : undefined
  // A redirect and a mail create no user yet.
  const isLeaving = carrier === 'redirect' || carrier === 'mail'
  const reserved = await reserve(context, use, isLeaving ? undefined : { kind: 'identity', value: proof.id })
  if (reserved === 'use') throw refusal('PROOF_ALREADY_USED')
  if (reserved === 'identity') throw refusal('IDENTITY_ALREADY_LINKED')
  return reserved
}

const emailOf = (body: unknown): string | undefined => {
  const email = (body as { email?: unknown } | undefined)?.email
  return typeof email === 'string' ? email.toLowerCase() : undefined
}

/** Every journey has a ticket, with an identity or without one: it takes the place of that of an earlier journey. */
async function ticketFor(ctx: Ctx, way: Way, proven: Proven | undefined, email: string | undefined) {
  const ticket = newTicket(ctx, {
    way,
    identity: proven?.identity ?? null,
    anonymousUserId: proven?.anonymousUserId ?? null,
    email: way === 'mail' ? (email ?? null) : null,
  })
  if (way === 'redirect') {
    await addOAuthServerContext({ [STATE_KEY]: ticket.id, [PROVEN_KEY]: ticket.identity !== null })
  }
  return ticket
}

/** The browser comes back from a provider or a mailbox. */
async function comeBack(ctx: Ctx): Promise<void> {
  const ticket = (await findTicket(ctx)) ?? undefined
  const identity = ticket?.identity ?? undefined
  if (identity) await prepare(ctx.context)
  const proven = ticket && identity && !(await isImpersonated(ctx)) ? await provenOf(ctx, ticket, identity) : undefined
  const { path } = ctx
  return startState(ctx, { route: wayBack(ctx), leg: 'back', path, ticket, proven, outcome: open() })
}

/**
 * What a ticket proves. It is used where the identity is given: until then, the link that is opened may be somebody else's.
 */
async function provenOf({ context }: Ctx, ticket: NonNullable<Proven['ticket']>, identity: string): Promise<Proven> {
  const anonymousUserId = ticket.anonymousUserId ?? undefined
  const name: Name = { kind: 'identity', value: identity }
  const isTheirs = !(await hasOtherOwner(context, identity, anonymousUserId))
  const reserved = isTheirs && (await reserveIdentityInTurn(context, name)) ? { identity: name } : {}
  return { identity, ticket, anonymousUserId, reserved }
}

/** Whether an admin acts as somebody else in this request: what the admin's device proves is not that person's. */
const isImpersonated = async (ctx: Ctx): Promise<boolean> =>
  ctx.headers !== undefined && isImpersonatedIn(await sessionOf(ctx, await headersOf(ctx)))
