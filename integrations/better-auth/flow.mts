import type { GenericEndpointContext } from '@better-auth/core'
import { defineRequestState, hasRequestState } from '@better-auth/core/context'
import type { VerifiedProof } from 'local-first-identity'

import type { Name } from './reservation.mts'
import type { Ticket } from './return-ticket.mts'

/** What one call of an endpoint has proven, and what it has taken that must be given back. Only the server can reach it. */
export interface Flow {
  path: string
  /** The identity that is proven, if one is. */
  identity?: string | undefined
  /** The proof in this request, if there is one. */
  proof?: VerifiedProof | undefined
  /** The ticket that this browser is to take along, or has come back with. */
  ticket?: Ticket | undefined
  /** The address that the request names, in lower case. */
  email?: string | undefined
  /** What this request has reserved: the use of its proof or ticket, given back if it was not used, and the identity. */
  reserved: { use?: Name | undefined; identity?: Name | undefined }
  /** The user who had the identity when the request came. */
  ownerId?: string | undefined
  /** The anonymous user who has the identity, and loses it to the user that the proof is for. */
  anonymousUserId?: string | undefined
  /** Whether that user's identity was taken from them, or is to be, for the user to be created. */
  moved?: 'now' | 'after' | undefined
  /** Whether it was decided which identity the user of this request gets. */
  decided: boolean
  /** The user that this request has created. */
  createdUserId?: string | undefined
  /** Whether a user has the identity by this request: then the proof or ticket is used, whatever comes after. */
  given: boolean
  /** The user whose address nobody had proven until this request. */
  unprovenUserId?: string | undefined
  /** Whether an account lost its unproven identity in this request. */
  dropped: boolean
}

// A request can call several endpoints, one in another or side by side. Each has a context of its own.
const state = defineRequestState<Map<object, Flow>>(() => new Map())

type Ctx = Pick<GenericEndpointContext, 'context' | 'path'>

/** Notes what this call knows; another one of the same request does not get it. */
export async function startFlow({ context, path }: Ctx, known: Partial<Flow> = {}): Promise<void> {
  const flows = await state.get()
  flows.set(context, { path, reserved: {}, decided: false, given: false, dropped: false, ...known })
}

/** What this call has proven; `null` outside of a request, too. */
export async function flowOf(ctx: Ctx | null): Promise<Flow | null> {
  if (!ctx || !(await hasRequestState())) return null
  const flows = await state.get()
  const own = flows.get(ctx.context)
  if (own) return own
  // An app's hook that returns a copy of its context leaves the endpoint with another one than the hooks had.
  const [only, ...more] = flows.values()
  return only && more.length === 0 && only.path === ctx.path ? only : null
}

/** Forgets what was proven. */
export async function endFlow(flow: Flow): Promise<void> {
  const flows = await state.get()
  for (const [context, one] of flows) if (one === flow) flows.delete(context)
}
