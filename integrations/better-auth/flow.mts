import { defineRequestState, hasRequestState } from '@better-auth/core/context'

/** What one request has proven, and what it has taken that must be given back. Only the server can reach it. */
export interface Flow {
  /** The path of the endpoint that the identity was proven for: another one, called from it, must not get it. */
  path: string
  /** The identity that is proven, if one is. */
  identity?: string | undefined
  /** The address that the identity was brought for: that of the magic link that this browser asked for. */
  email?: string | undefined
  /** The keys that this request has reserved: the proof's, given back if the request fails, and the identity's, always. */
  reserved: { proof?: string | undefined; identity?: string | undefined }
  /** Whether another request is giving the identity to somebody right now. */
  busy: boolean
  /** The anonymous user who is signed in, and is about to become a real one. */
  anonymousUserId?: string | undefined
  /** Whether that user's identity was taken from them, for the user to be created. */
  moved: boolean
  /** The user that this request has created. */
  createdUserId?: string | undefined
  /** The user whose address nobody had proven until this request. */
  unprovenUserId?: string | undefined
  /** Whether the identity is to wait in this browser for the link of a mail. */
  waits: boolean
  /** Whether an account lost its unproven identity in this request. */
  dropped: boolean
}

const state = defineRequestState<Flow | null>(() => null)

/** Starts over: whatever an endpoint that was called before in the same request has proven is forgotten. */
export async function startFlow(path: string, known: Partial<Flow> = {}): Promise<void> {
  await state.set({ path, reserved: {}, busy: false, moved: false, waits: false, dropped: false, ...known })
}

/** Forgets what was proven. */
export const endFlow = (): Promise<void> => state.set(null)

/** What was proven for the endpoint at this path; `null` outside of a request, too. */
export async function flowOf(path: string | undefined): Promise<Flow | null> {
  const flow = (await hasRequestState()) ? await state.get() : null
  return flow?.path === path ? flow : null
}
