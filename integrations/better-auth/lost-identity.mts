// Logs a user who was created without an identity, by a way of signing up that cannot carry a proof.

import type { GenericEndpointContext } from '@better-auth/core'
import { getOAuthState } from 'better-auth/api'

import { STATE_KEY } from './return-ticket.mts'
import { CALLBACK_PATH, concerns } from './routes.mts'

type Ctx = GenericEndpointContext

/** Whether this call could not have a proof: its route takes none, or another route began its journey. */
async function takesNoProof(ctx: Ctx): Promise<boolean> {
  // An admin creates users for others.
  if (ctx.path.startsWith('/admin/')) return false
  if (!concerns(ctx)) return true
  return ctx.path === CALLBACK_PATH && (await getOAuthState())?.serverContext?.[STATE_KEY] === undefined
}

/** Logs a warning, if the user that this call created could not bring an identity. */
export async function sayLost(ctx: Ctx): Promise<void> {
  if (!(await takesNoProof(ctx))) return
  ctx.context.logger.warn(
    `[local-first-identity] A user was created by ${ctx.path} without an identity: this way of signing up carries no proof. Offer them \`link()\`.`,
  )
}
