// An OpenID Connect provider on this machine. It signs anyone in at once, as the address in `login_hint`. It stands in for
// Google or another provider, so that social sign-up runs without a network. Never deploy it.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import type { Configuration } from 'oidc-provider'

export const CLIENT = { id: 'the-app', secret: 'a secret between the provider and the app on this machine' }

/**
 * Runs `make` without the warnings of `oidc-provider`. One is about its storage in memory, which suits an example. The other
 * is about Node 20.
 */
async function quietly<T>(make: () => T | Promise<T>): Promise<T> {
  const { warn } = console
  console.warn = (...texts: unknown[]) => String(texts[0]).startsWith('oidc-provider') || warn(...texts)
  try {
    return await make()
  } finally {
    console.warn = warn
  }
}

/**
 * Starts the provider.
 *
 * @param port - The port on the loopback interface; 0 for any free port.
 * @param redirectUri - The address to which it may send the browser back.
 * @returns Its HTTP server.
 */
export async function startProvider(port: number, redirectUri: string): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const { Provider } = await quietly(() => import('oidc-provider'))
  const configuration: Configuration = {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    jwks: { keys: [await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey)] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    // Better Auth reads the profile from the ID token.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => false },
    cookies: { keys: ['only on this machine'] },
    findAccount: (_ctx, email) => ({
      accountId: email,
      claims: () => ({ sub: email, email, email_verified: true, name: email.split('@')[0] }),
    }),
  }
  const provider = await quietly(() => new Provider(issuer, configuration))
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next()
    const { params, session } = await provider.interactionDetails(ctx.req, ctx.res)
    const accountId = session?.accountId ?? String(params.login_hint)
    const grant = new provider.Grant({ accountId, clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    const consent = { grantId: await grant.save() }
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId }, consent })
    ctx.respond = false
  })
  return server.on('request', provider.callback())
}
