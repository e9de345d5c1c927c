import { BetterAuthError } from '@better-auth/core/error'

import { coded, type FaultCode } from '../../common/errors.mts'

/** Makes the error for a set-up that would lose identities, or would let a proof be used twice. */
export const configurationError = (message: string): BetterAuthError =>
  coded(new BetterAuthError(message), 'ERR_CONFIGURATION' satisfies FaultCode)
