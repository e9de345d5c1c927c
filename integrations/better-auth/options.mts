import type { GenericEndpointContext } from '@better-auth/core'
import type { IdentityProofVerifier } from 'local-first-identity'

import { checkBoolean, invalid as invalidOption, ownOptions } from '../../common/options.mts'
import { proofVerifier } from '../../server/proof-verifier.mts'

/** The plugin's options. An option that is not listed here throws. */
export interface LocalFirstIdentityOptions {
  /**
   * The name that clients mint proofs for: at least one character, for example `'my-app-signup'`. Do not use the app's ID:
   * a token for the app's sync server would pass as a proof.
   */
  audience: string
  /**
   * Where the identity is stored. `'field'` stores it in `user.jazzId`, beside Better Auth's own user ID. `'user-id'` makes it
   * the user ID, too. Default `'field'`.
   */
  assign?: 'field' | 'user-id' | undefined
  /**
   * Whether every new user must have an identity. A function is called before each user is created. It gets the context of
   * the endpoint, or `null` if the server's own code creates the user outside of a request. Default `false`.
   */
  required?: boolean | ((ctx: GenericEndpointContext | null) => boolean | Promise<boolean>) | undefined
  /** Whether each proof can be used only once. Default `true`. */
  replayProtection?: boolean | undefined
  /** The longest lifetime of a proof that the plugin accepts, in seconds: an integer from 1 to 3,600. Default 300. */
  maxTtlSeconds?: number | undefined
}

/** The options with their defaults. */
export interface Settings {
  /** Verifies a proof for the audience, with the longest lifetime. */
  verify: IdentityProofVerifier
  assign: 'field' | 'user-id'
  required: (ctx: GenericEndpointContext | null) => boolean | Promise<boolean>
  replayProtection: boolean
}

const NAME = 'localFirstIdentity'
const invalid = (what: string): never => invalidOption(NAME, what)

/**
 * Checks the options, once, at start.
 *
 * @throws TypeError or RangeError naming the option, if one is not as described.
 */
export function parseOptions(options: LocalFirstIdentityOptions): Settings {
  const names = ['audience', 'assign', 'required', 'replayProtection', 'maxTtlSeconds']
  const own = ownOptions(NAME, options, names)
  const { assign = 'field', required = false, replayProtection = true } = own
  const verify = proofVerifier(NAME, own)
  if (assign !== 'field' && assign !== 'user-id') invalid("`assign` must be 'field' or 'user-id'")
  if (typeof required !== 'boolean' && typeof required !== 'function') {
    invalid('`required` must be a boolean or a function')
  }
  checkBoolean(NAME, 'replayProtection', replayProtection)
  return {
    verify,
    assign,
    required: typeof required === 'function' ? required : () => required,
    replayProtection,
  }
}
