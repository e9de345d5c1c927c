import { invalid } from '../common/options.mts'
import { type Refusal, refuse } from './refusal.mts'
import type { IsUpgraded, Session } from './session.mts'

const SIGN_IN = refuse('sign-in-required', 'This identity has an account: sign in to it.')

/**
 * Asks whether the identity of a device's own token has an account: then its secret alone does no longer do.
 *
 * @returns The refusal; `undefined` if nothing is asked, or there is no account.
 * @throws TypeError if the hook does not give a boolean: whatever else it gives might be meant as a yes or as a no.
 */
export async function stepUp(
  name: string,
  { authMode, userId }: Session,
  isUpgraded: IsUpgraded | undefined,
): Promise<Refusal | undefined> {
  if (!isUpgraded || authMode === 'external') return undefined
  const upgraded: unknown = await isUpgraded(userId)
  if (typeof upgraded !== 'boolean') invalid(name, '`isUpgraded` must give a boolean')
  return upgraded ? SIGN_IN : undefined
}
