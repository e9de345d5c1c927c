// Where a secret is in `localStorage`, and how it is written there.

import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'

import { encodeBase64url } from '../../common/base64url.mts'
import { typeError } from '../../common/errors.mts'
import { invalid, ownOptions } from '../../common/options.mts'
import { hasLoneSurrogate } from '../../common/text.mts'
import { formatAuthSecret } from '../identity/secret.mts'
import { type AuthSecretScope, keyOf } from './scope.mts'

/** The app and the person of a secret in `localStorage`, and the version of Jazz that shares it. */
export interface BrowserAuthSecretScope extends AuthSecretScope {
  /**
   * Whose keys and spelling to use. `'jazz-54'` is Jazz from 2.0.0-alpha.54 on.
   *
   * @default Jazz up to 2.0.0-alpha.53
   */
  layout?: 'jazz-54'
  /**
   * The profile of the secret, if several people share one browser, exactly as Jazz has it. Only with `layout: 'jazz-54'`, which
   * has no `userId`.
   *
   * @default none
   */
  profile?: string
}

/** A place for one secret in `localStorage`. */
export interface Place {
  key: string
  /** The place of a guest of an older Jazz in this scope, whose secret is adopted. */
  former: string | undefined
  /** Writes a bare secret as this place has it. */
  format(secret: string): string
}

/** Returns the name of an app or a profile, exactly as it is, or `null` if there is none. */
function exact(name: string, option: string, value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value !== 'string') throw typeError(`${name}: \`${option}\` must be a string`)
  if (hasLoneSurrogate(value)) invalid(name, `\`${option}\` must not contain lone surrogates`)
  return value
}

function jazz54Key(appId: string | null, profile: string | null): string {
  const hash = sha256(utf8ToBytes(JSON.stringify({ appId, profile })))
  return `jazz-auth-store-v1-${encodeBase64url(hash)}`
}

const SCOPE = ['appId', 'userId', 'layout', 'profile']

/**
 * Returns the place of a secret.
 *
 * @throws TypeError naming the option, if one is wrong.
 */
export function placeOf(name: string, options: BrowserAuthSecretScope): Place {
  const { layout, profile, ...scope } = ownOptions(name, options, SCOPE)
  if (layout === undefined) {
    if (profile !== undefined) invalid(name, "`profile` needs `layout: 'jazz-54'`")
    return { key: keyOf(name, scope), former: undefined, format: (secret) => secret }
  }
  if (layout !== 'jazz-54') invalid(name, "`layout` must be 'jazz-54'")
  if (scope.userId !== undefined) invalid(name, "`userId` is not part of `layout: 'jazz-54'`: give a `profile`")
  const [app, person] = [exact(name, 'appId', scope.appId), exact(name, 'profile', profile)]
  // An older Jazz had no profiles, and no scope for an empty name.
  const hasFormer = person === null && (app === null || app.trim() !== '')
  return {
    key: jazz54Key(app, person),
    former: hasFormer ? keyOf(name, app === null ? {} : { appId: app }) : undefined,
    format: formatAuthSecret,
  }
}

/**
 * Returns the key under which Jazz's client keeps the secret of a scope in `localStorage`.
 *
 * @param scope - As for `BrowserAuthSecretStore`.
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the option, if one is wrong.
 * @example
 * authSecretStorageKey({ appId: 'my-app' }) // 'jazz-auth-secret:my-app'
 */
export const authSecretStorageKey = (scope: BrowserAuthSecretScope = {}): string =>
  placeOf('authSecretStorageKey', scope).key
