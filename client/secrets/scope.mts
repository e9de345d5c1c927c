import { valueError } from '../../common/errors.mts'
import { checkText, ownOptions } from '../../common/options.mts'
import { hasLoneSurrogate } from '../../common/text.mts'

/** Whose secret it is, where one browser has several. */
export interface AuthSecretScope {
  /**
   * The app that the secret is for, where several apps have one origin.
   *
   * @default none: one secret for the origin
   */
  appId?: string
  /**
   * Who uses the app, where several people use one browser: any name the app has for them. With `appId` only.
   *
   * @default none: one secret for the app
   */
  userId?: string | null
}

/**
 * The name that a secret is kept under: the one that Jazz's own client keeps it under, so that an app with both has one
 * identity.
 *
 * @throws TypeError naming the option, if one is not as described.
 */
export function keyOf(name: string, scope: AuthSecretScope): string {
  const { appId, userId } = ownOptions(name, scope, ['appId', 'userId'])
  const parts = ['jazz-auth-secret']
  for (const [option, value] of Object.entries({ appId, userId })) {
    if (value === undefined || (value === null && option === 'userId')) continue
    const text: unknown = typeof value === 'string' ? value.trim() : value
    checkText(name, option, text)
    if (hasLoneSurrogate(text)) throw valueError(`${name}: \`${option}\` must not contain lone surrogates`)
    // Alone, it would have the key of an app with this name.
    if (parts.length === 1 && option === 'userId') throw valueError(`${name}: \`userId\` needs an \`appId\``)
    parts.push(encodeURIComponent(text))
  }
  return parts.join(':')
}
