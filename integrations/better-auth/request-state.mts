// Keeps what one call of an endpoint has proven, from the hook before it to the hook after it. Only the server can access it.

import type { GenericEndpointContext } from '@better-auth/core'
import { defineRequestState, hasRequestState } from '@better-auth/core/context'
import type { VerifiedProof } from 'local-first-identity'

import type { Reserved } from './reservation.mts'
import type { Ticket, Way } from './return-ticket.mts'

/** An identity that this call has proven: by the proof in its request, or by the ticket that the browser came back with. */
export interface Proven {
  readonly identity: string
  readonly proof?: VerifiedProof | undefined
  readonly ticket?: Ticket | undefined
  /** The user who had the identity when the request came. */
  readonly ownerId?: string | undefined
  /** The anonymous user who has the identity, and loses it to the user that the proof is for. */
  readonly anonymousUserId?: string | undefined
  /** What this call has reserved. The use is released if the proof was not used. The identity is always released. */
  readonly reserved: Reserved
}

/** What happened to the user of this call. */
export interface Outcome {
  /** Whether this call has decided which identity they get. */
  decided: boolean
  /** The user that this call has created. */
  createdUserId?: string | undefined
  /** `'now'`: the anonymous user lost the identity before the user is created. `'after'`: they lose it once the user is created. */
  moved?: 'now' | 'after' | undefined
  /** Whether this call gave a user the identity. Then the proof or ticket is used, whatever happens later. */
  given: boolean
  /** Whether an account lost its unproven identity in this call. */
  dropped: boolean
}

interface Call {
  readonly path: string
  readonly proven?: Proven | undefined
  readonly outcome: Outcome
}

/** The user is created in this call, unless they exist. */
export interface SignUp extends Call {
  readonly route: 'sign-up'
  /** The address that the request names, in lower case. */
  readonly email?: string | undefined
}

/** The browser leaves for a provider or a mailbox, with a ticket. */
export interface Departure extends Call {
  readonly route: Way
  readonly leg: 'out'
  readonly ticket: Ticket
}

/** The browser comes back, with the ticket or without it. The user is created in this call, unless they exist. */
export interface Return extends Call {
  readonly route: Way
  readonly leg: 'back'
  readonly ticket?: Ticket | undefined
}

/** A password is reset by mail. */
export interface Reset {
  readonly route: 'reset'
  readonly path: string
  /** The ID of the user, if their address was not verified before this call. */
  unprovenUserId?: string | undefined
}

export type RequestState = SignUp | Departure | Return | Reset

/** Makes the outcome of a call that begins. */
export const open = (): Outcome => ({ decided: false, given: false, dropped: false })

// A request can call several endpoints, nested or side by side. Each has a context of its own.
const states = defineRequestState<Map<object, RequestState>>(() => new Map())

type Ctx = Pick<GenericEndpointContext, 'context' | 'path'>

/** Stores what this call knows. Another call of the same request does not get it. */
export async function startState({ context }: Ctx, state: RequestState): Promise<void> {
  ;(await states.get()).set(context, state)
}

/** Returns what this call knows; `null` if it has stored nothing, or outside of a request. */
export async function stateOf(ctx: Ctx | null): Promise<RequestState | null> {
  if (!ctx || !(await hasRequestState())) return null
  const all = await states.get()
  const own = all.get(ctx.context)
  if (own) return own
  // If an app's hook returns a copy of its context, the endpoint has another context than the hooks had.
  const [only, ...more] = all.values()
  return only && more.length === 0 && only.path === ctx.path ? only : null
}

/** Returns what this call knows and deletes it, because the call has ended. */
export async function takeState(ctx: Ctx): Promise<RequestState | null> {
  const state = await stateOf(ctx)
  const all = await states.get()
  for (const [context, one] of all) if (one === state) all.delete(context)
  return state
}
