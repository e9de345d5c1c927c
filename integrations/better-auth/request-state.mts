// What one call of an endpoint has proven, from the hook before it to the hook after it. Only the server can reach it.

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
  /** What this call has reserved: the use is given back if there was none, the identity in any case. */
  readonly reserved: Reserved
}

/** What has become of the user of this call. */
export interface Outcome {
  /** Whether it was decided which identity they get. */
  decided: boolean
  /** The user that this call has created. */
  createdUserId?: string | undefined
  /** Whether the anonymous user's identity was taken from them, or is to be, for the user to be created. */
  moved?: 'now' | 'after' | undefined
  /** Whether a user has the identity by this call: then the proof or ticket is used, whatever comes after. */
  given: boolean
  /** Whether an account lost its unproven identity in this call. */
  dropped: boolean
}

interface Call {
  readonly path: string
  readonly proven?: Proven | undefined
  readonly outcome: Outcome
}

/** The user is created in this call, where there is none. */
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

/** The browser comes back, with the ticket or without it; the user is created in this call, where there is none. */
export interface Return extends Call {
  readonly route: Way
  readonly leg: 'back'
  readonly ticket?: Ticket | undefined
}

/** A password is set by way of the mailbox. */
export interface Reset {
  readonly route: 'reset'
  readonly path: string
  /** The user whose address nobody had proven until this call. */
  unprovenUserId?: string | undefined
}

export type RequestState = SignUp | Departure | Return | Reset

/** What is known of the outcome when a call begins. */
export const open = (): Outcome => ({ decided: false, given: false, dropped: false })

// A request can call several endpoints, one in another or side by side. Each has a context of its own.
const states = defineRequestState<Map<object, RequestState>>(() => new Map())

type Ctx = Pick<GenericEndpointContext, 'context' | 'path'>

/** Notes what this call knows; another one of the same request does not get it. */
export async function startState({ context }: Ctx, state: RequestState): Promise<void> {
  ;(await states.get()).set(context, state)
}

/** What this call knows; `null` outside of a request, too. */
export async function stateOf(ctx: Ctx | null): Promise<RequestState | null> {
  if (!ctx || !(await hasRequestState())) return null
  const all = await states.get()
  const own = all.get(ctx.context)
  if (own) return own
  // An app's hook that returns a copy of its context leaves the endpoint with another one than the hooks had.
  const [only, ...more] = all.values()
  return only && more.length === 0 && only.path === ctx.path ? only : null
}

/** What this call knows, which is forgotten: the call has ended. */
export async function takeState(ctx: Ctx): Promise<RequestState | null> {
  const state = await stateOf(ctx)
  const all = await states.get()
  for (const [context, one] of all) if (one === state) all.delete(context)
  return state
}
