import { invalid } from '../common/options.mts'
import { type Refusal, refuse } from './refusal.mts'
import type { IsUpgraded, Session } from './session.mts'

const SIGN_IN = refuse('sign-in-required', 'This identity has an account: sign in to it.')

/**
 * Asks whether a guest's identity has an account. If it has, the guest's token alone is refused.
 *
 * @returns The refusal; `undefined` if nothing is asked, or there is no account.
 * @throws TypeError if the hook does not return a boolean: any other value could mean either.
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
