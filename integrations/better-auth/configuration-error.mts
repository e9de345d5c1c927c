import { BetterAuthError } from '@better-auth/core/error'

import { coded, type FaultCode } from '../../common/errors.mts'

/** The app's set-up would lose identities, or let a proof be used twice. */
export const configurationError = (message: string): BetterAuthError =>
  coded(new BetterAuthError(message), 'ERR_CONFIGURATION' satisfies FaultCode)
