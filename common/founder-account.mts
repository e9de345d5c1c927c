import { utf8ToBytes } from '@noble/hashes/utils.js'

import { formatUuid, uuidV5 } from './uuid.mts'

/**
 * Derives the account that Jazz founds for an identity, from 2.0.0-alpha.54 on.
 *
 * @param appUuid - The 16 bytes of the app's UUID.
 * @param userId - The identity, in the normal form of a UUID.
 */
export const founderAccount = (appUuid: Uint8Array, userId: string): string =>
  formatUuid(uuidV5(appUuid, utf8ToBytes(`jazz-account-founder-v1\0${userId}`)))
