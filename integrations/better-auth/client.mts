// local-first-identity/better-auth/client: what the browser sends to the plugin. Nothing of the server comes with it.

import type { BetterAuthClientPlugin } from 'better-auth/client'
import { typeError } from '../../common/errors.mts'

import { PROOF_HEADER } from '../../common/proof-header.mts'
import { LOCAL_FIRST_IDENTITY_ERROR_CODES } from './error-codes.mts'
import type { localFirstIdentity } from './index.mts'
import { LINK_PATH, takesProof } from './routes.mts'

export { LOCAL_FIRST_IDENTITY_ERROR_CODES, type LocalFirstIdentityErrorCode } from './error-codes.mts'

/** How the client comes by its proofs. */
export interface LocalFirstIdentityClientOptions {
  /**
   * Mints a proof for the server's audience, for example `() => db.getLocalFirstIdentityProof({ ttlSeconds: 60, audience:
   * 'my-app-signup' })`. Asked once for each request that may create a user, and for `link()`. Without a proof (`null`,
   * `undefined`) the request goes out without one; what it throws, the request throws.
   */
  getProof: () => string | null | undefined | Promise<string | null | undefined>
}

/** Whether a request, which may go anywhere, goes to one of the server's routes that take a proof, whatever its base path. */
function goesToServer(url: string | URL, baseURL = ''): boolean {
  // As text: React Native's own `URL` takes no other one.
  const { origin, pathname } = new URL(String(url), 'http://localhost')
  if (baseURL && new URL(baseURL, 'http://localhost').origin !== origin) return false
  return pathname.split('/').some((_, index, parts) => takesProof(`/${parts.slice(index + 1).join('/')}`))
}

/**
 * The client's half of the plugin: sends a proof with each request that may create a user, and adds
 * `client.localFirstIdentity.link()` for an account that exists.
 *
 * @throws TypeError if `getProof` is not a function.
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
