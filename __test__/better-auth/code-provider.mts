// The half of an OAuth provider that servers talk to. The page at which a person agrees is `https://idp.example/authorize`,
// which no test opens: who comes there agrees, as `email`.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before } from 'node:test'

import type { BetterAuthPlugin } from 'better-auth'
import { genericOAuth } from 'better-auth/plugins'

/** Who is at the provider's page. */
export const visitor = { email: '' }

const provider = createServer((request, response) => {
  request.resume()
  const { email } = visitor
  const user = { sub: email, id: email, email, email_verified: true, name: 'P' }
  const answer = request.url === '/token' ? { access_token: 't', token_type: 'bearer' } : user
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
})

before(async () => {
  await new Promise<void>((resolve) => void provider.listen(0, '127.0.0.1', resolve))
})
after(() => void provider.close())

/** What Better Auth is told of the provider. */
export function providerConfig() {
  const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  return {
    clientId: 'c',
    clientSecret: 's',
    authorizationEndpoint: 'https://idp.example/authorize',
    tokenEndpoint: `${origin}/token`,
    userInfoEndpoint: `${origin}/userinfo`,
  }
}

/** The provider as Better Auth's own plugin takes it, under the name `idp`. */
export function idp(): BetterAuthPlugin {
  const { clientId, clientSecret, authorizationEndpoint, tokenEndpoint, userInfoEndpoint } = providerConfig()
  const urls = { authorizationUrl: authorizationEndpoint, tokenUrl: tokenEndpoint, userInfoUrl: userInfoEndpoint }
  return genericOAuth({ config: [{ providerId: 'idp', clientId, clientSecret, ...urls }] })
}

/** Where the provider sends a person who has agreed at its page. */
export function backFrom(authorizationUrl: string): string {
  const asked = new URL(authorizationUrl).searchParams
  const back = new URL(asked.get('redirect_uri') ?? '')
  back.search = new URLSearchParams({ code: 'x', state: asked.get('state') ?? '' }).toString()
  return back.href
}
