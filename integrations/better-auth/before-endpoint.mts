// Before the endpoint: takes the proof of a request, and refuses as much as possible before anything is written.

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

/** Reads what the request proves, and stores it for the later hooks. */
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
  // An admin acts as the user. The device is the admin's, so its identity is not the user's.
  if (proof && (await isImpersonated(ctx))) throw refusal('IDENTITY_READ_ONLY')
  // Check this here, not only where the user is created. Better Auth may answer a sign-up alike for a taken and for a free
  // address. Then the refusal must be alike, too.
  if (!proof && carrier === 'sign-up' && (await settings.required(ctx))) throw refusal('PROOF_REQUIRED')
  const proven = proof ? await provenBy(ctx, carrier, proof, settings) : undefined
  const email = emailOf(ctx.body)
  if (carrier !== 'redirect' && carrier !== 'mail') {
    return startState(ctx, { route: 'sign-up', path, email, proven, outcome: open() })
  }
  const ticket = await ticketFor(ctx, carrier, proven, email)
  return startState(ctx, { route: carrier, leg: 'out', path, proven, ticket, outcome: open() })
}

/** Reserves what this request needs for itself, and returns what the proof proves. */
async function provenBy(ctx: Ctx, carrier: Carrier, proof: VerifiedProof, settings: Settings): Promise<Proven> {
  const { owner, anonymous } = await ownersOf(ctx.context, proof.id)
  // An anonymous user does not take the identity from another one. Two devices of one person would take turns for ever.
  const former = ctx.path === '/sign-in/anonymous' ? null : anonymous
  const reserved = await reserveFor(ctx, carrier, proof, former ? null : owner, settings)
  return { identity: proof.id, proof, ownerId: owner?.id, anonymousUserId: former?.id, reserved }
}

/** Reserves the use of the proof, and the identity while a user is created. */
async function reserveFor(
  { context }: Ctx,
  carrier: Carrier,
  proof: VerifiedProof,
  owner: IdentifiedUser | null,
  { replayProtection }: Settings,
): Promise<Reserved> {
  // Refuse before Better Auth looks up the address. Otherwise the response would show which addresses have an account.
  if (owner && carrier === 'sign-up') throw refusal('IDENTITY_ALREADY_LINKED')
  // The owner of an account may sign in with the same proof of its identity any number of times: it changes nothing.
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

/** Makes the ticket of a journey. A journey without an identity has one, too: it replaces the ticket of an earlier journey. */
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
 * Returns what a ticket proves. The ticket is used up only where the identity is given: until then, the opened link may be
 * another person's.
 */
async function provenOf({ context }: Ctx, ticket: NonNullable<Proven['ticket']>, identity: string): Promise<Proven> {
  const anonymousUserId = ticket.anonymousUserId ?? undefined
  const name: Name = { kind: 'identity', value: identity }
  const isTheirs = !(await hasOtherOwner(context, identity, anonymousUserId))
  const reserved = isTheirs && (await reserveIdentityInTurn(context, name)) ? { identity: name } : {}
  return { identity, ticket, anonymousUserId, reserved }
}

/** Whether an admin acts as another user in this request. What the admin's device proves is not that user's. */
const isImpersonated = async (ctx: Ctx): Promise<boolean> =>
  ctx.headers !== undefined && isImpersonatedIn(await sessionOf(ctx, await headersOf(ctx)))
