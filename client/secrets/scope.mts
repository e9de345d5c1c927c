import { valueError } from '../../common/errors.mts'
import { checkText, ownOptions } from '../../common/options.mts'
import { hasLoneSurrogate } from '../../common/text.mts'

/** The app and the user of a secret, if one browser has several secrets. */
export interface AuthSecretScope {
  /**
   * The app that the secret is for, if several apps share one origin.
   *
   * @default none: one secret for the origin
   */
  appId?: string
  /**
   * The user of the app, if several people share one browser: any name that the app has for them. Only with `appId`.
   *
   * @default none: one secret for the app
   */
  userId?: string | null
}

/**
 * Returns the key that a secret is kept under. It is the same as in Jazz's own client, so that an app with both has one
 * identity.
 *
 * @throws TypeError naming the option, if one is wrong.
 */
export function keyOf(name: string, scope: AuthSecretScope): string {
  const { appId, userId } = ownOptions(name, scope, ['appId', 'userId'])
  const parts = ['jazz-auth-secret']
  for (const [option, value] of Object.entries({ appId, userId })) {
    if (value === undefined || (value === null && option === 'userId')) continue
    const text: unknown = typeof value === 'string' ? value.trim() : value
    checkText(name, option, text)
    if (hasLoneSurrogate(text)) throw valueError(`${name}: \`${option}\` must not contain lone surrogates`)
    // A `userId` alone would have the same key as an `appId` of that name.
    if (parts.length === 1 && option === 'userId') throw valueError(`${name}: \`userId\` needs an \`appId\``)
    parts.push(encodeURIComponent(text))
  }
  return parts.join(':')
}
