import type { GenericEndpointContext } from '@better-auth/core'
import { defineRequestState, hasRequestState } from '@better-auth/core/context'
import type { VerifiedProof } from 'local-first-identity'

import type { Waiting } from './waiting.mts'

/** What one call of an endpoint has proven, and what it has taken that must be given back. Only the server can reach it. */
export interface Flow {
  path: string
  /** The identity that is proven, if one is. */
  identity?: string | undefined
  /** The proof in this request, if there is one. */
  proof?: VerifiedProof | undefined
  /** What is to wait in this browser for its return, or has waited. */
  waiting?: Waiting | undefined
  /** The address that the identity was brought for. */
  email?: string | undefined
  /** The keys that this request has reserved: the proof's or the ticket's, given back if it was not used, and the identity's. */
  reserved: { use?: string | undefined; identity?: string | undefined }
  /** Whether another request has used what waited here, or is giving the identity to somebody right now. */
  busy: boolean
  /** The anonymous user who is signed in, and is about to become a real one. */
  anonymousUserId?: string | undefined
  /** Whether that user's identity was taken from them, or is to be, for the user to be created. */
  moved?: 'now' | 'after' | undefined
  /** The user that this request has created. */
  createdUserId?: string | undefined
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
  flows.set(context, { path, reserved: {}, busy: false, dropped: false, ...known })
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
