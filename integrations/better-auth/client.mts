// local-first-identity/better-auth/client: sends proofs from the browser to the plugin. Imports no server code.

import type { BetterAuthClientPlugin } from 'better-auth/client'
import { typeError } from '../../common/errors.mts'

import { PROOF_HEADER } from '../../common/proof-header.mts'
import { LOCAL_FIRST_IDENTITY_ERROR_CODES } from './error-codes.mts'
import type { localFirstIdentity } from './index.mts'
import { LINK_PATH, takesProof } from './routes.mts'

export { LOCAL_FIRST_IDENTITY_ERROR_CODES, type LocalFirstIdentityErrorCode } from './error-codes.mts'

/** How the client gets its proofs. */
export interface LocalFirstIdentityClientOptions {
  /**
   * Mints a proof for the server's audience, for example `() => db.getLocalFirstIdentityProof({ ttlSeconds: 60, audience:
   * 'my-app-signup' })`. Called once for each request that may create a user, and for `link()`. If it returns `null`,
   * `undefined` or an empty string, the request has no proof. If it throws, the request throws the same error.
   */
  getProof: () => string | null | undefined | Promise<string | null | undefined>
}

/** Whether a request goes to a server's route that takes a proof, under any base path. The client may also call other servers. */
function goesToServer(url: string | URL, baseURL = ''): boolean {
  // As a string, because React Native's `URL` takes no `URL` object.
  const { origin, pathname } = new URL(String(url), 'http://localhost')
  if (baseURL && new URL(baseURL, 'http://localhost').origin !== origin) return false
  return pathname.split('/').some((_, index, parts) => takesProof(`/${parts.slice(index + 1).join('/')}`))
}

/**
 * Makes the client's half of the plugin. It sends a proof with each request that may create a user. It also adds
 * `client.localFirstIdentity.link()`, which gives an existing account its identity.
 *
 * @param options - `getProof` is required.
 * @throws TypeError if `getProof` is not a function.
 * @example
 * const authClient = createAuthClient({
 *   plugins: [
 *     localFirstIdentityClient({
 *       getProof: () => db.getLocalFirstIdentityProof({ ttlSeconds: 60, audience: 'my-app-signup' }),
 *     }),
 *   ],
 * })
 */
export const localFirstIdentityClient = (options: LocalFirstIdentityClientOptions) => {
  const getProof = options?.getProof
  if (typeof getProof !== 'function') throw typeError('localFirstIdentityClient: `getProof` must be a function')
  return {
    id: 'local-first-identity',
    $InferServerPlugin: {} as ReturnType<typeof localFirstIdentity>,
    pathMethods: { [LINK_PATH]: 'POST' },
    atomListeners: [{ matcher: (path) => path === LINK_PATH, signal: '$sessionSignal' }],
    fetchPlugins: [
      {
        id: 'local-first-identity',
        name: 'Local-first identity',
        hooks: {
          async onRequest(request) {
            if (!goesToServer(request.url, request.baseURL)) return request
            const proof = await getProof()
            if (proof) request.headers.set(PROOF_HEADER, proof)
            return request
          },
        },
      },
    ],
    $ERROR_CODES: LOCAL_FIRST_IDENTITY_ERROR_CODES,
  } satisfies BetterAuthClientPlugin
}
