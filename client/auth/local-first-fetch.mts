import { checkFunction, checkText, invalid, ownOptions } from '../../common/options.mts'
import { getLocalFirstToken, TOKEN_SECONDS } from '../identity/token.mts'

/** The options of `createLocalFirstFetch`. */
export interface LocalFirstFetchOptions {
  /** The app's ID, as the server's `session({ appId })` has it. */
  appId: string
  /** The origin of your API, such as `https://api.example.com`. Requests to other origins get no token. Default: the page's. */
  origin?: string
  /** Returns the secret of this device, or `null` while there is none: for example `() => auth.getState().secret`. */
  getSecret(): string | null | Promise<string | null>
  /** Returns the account's JWT, or `null` while no one is signed in. The JWT is sent in place of the guest's token. */
  getJwt?(): string | null | Promise<string | null>
  /** Sends the requests. Default: the global `fetch`. */
  fetch?: typeof fetch
}

const NAME = 'createLocalFirstFetch'
/** How long a token is reused, in milliseconds: half of its lifetime. The device's clock may be behind by the other half. */
const REUSE_MS = (TOKEN_SECONDS * 1000) / 2

function checkOrigin(origin: unknown): asserts origin is string {
  const isOrigin = typeof origin === 'string' && URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol)
  if (isOrigin && new URL(origin).origin === origin) return
  invalid(NAME, '`origin` must be an http(s) origin, such as `https://api.example.com`')
}

/** Makes a function that returns a guest's token for a secret: the same token for half of its lifetime. */
function tokenKeeper(appId: string): (secret: string) => string {
  let kept: { secret: string; token: string; until: number } | undefined
  return (secret) => {
    if (kept?.secret !== secret || Date.now() >= kept.until) {
      const until = Date.now() + REUSE_MS
      kept = { secret, token: getLocalFirstToken({ secret, appId }), until }
    }
    return kept.token
  }
}

/**
 * Makes a `fetch` that sends the guest's token with each request to your API, and mints a new one before it expires. Once the
 * person has an account, it sends the account's JWT.
 *
 * If there is neither a secret nor a JWT, the request has no token. A request that has an `Authorization` header keeps it.
 *
 * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the option, if one is wrong. The returned
 *   function rejects with any error of `getSecret`, `getJwt` or `fetch`.
 * @example
 * const api = createLocalFirstFetch({ appId: 'my-app', getSecret: () => auth.getState().secret })
 * const notes = await (await api('/notes')).json()
 */
export function createLocalFirstFetch(options: LocalFirstFetchOptions): typeof fetch {
  const own = ownOptions(NAME, options, ['appId', 'origin', 'getSecret', 'getJwt', 'fetch'])
  const { appId, getSecret, getJwt = () => null, fetch: send = globalThis.fetch } = own
  const { origin = globalThis.location?.origin } = own
  checkText(NAME, 'appId', appId)
  checkOrigin(origin)
  for (const [name, value] of Object.entries({ getSecret, getJwt, fetch: send })) checkFunction(NAME, name, value)
  const tokenOf = tokenKeeper(appId)

  async function bearer(): Promise<string | null> {
    const jwt = await getJwt()
    if (jwt) return jwt
    const secret = await getSecret()
    return secret ? tokenOf(secret) : null
  }

  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, globalThis.location?.href)
    if (url.origin !== origin) return send(input, init)
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    const token = headers.has('authorization') ? null : await bearer()
    if (token) headers.set('authorization', `Bearer ${token}`)
    return send(input, { ...init, headers })
  }
}
