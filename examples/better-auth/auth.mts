// Better Auth with local-first identities: the part to copy.

import { betterAuth } from 'better-auth'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { jwt } from 'better-auth/plugins/jwt'
import { localFirstIdentity, localFirstSubject } from 'local-first-identity/better-auth'

import { SIGN_UP_AUDIENCE } from './audiences.mts'
import { database } from './database.mts'
import { CLIENT } from './provider.mts'
import { origin, providerOrigin, secret } from './settings.mts'

export const auth = betterAuth({
  baseURL: origin,
  secret,
  database: { db: database, type: 'sqlite', transaction: true },
  emailAndPassword: { enabled: true },
  user: { deleteUser: { enabled: true } },
  plugins: [
    localFirstIdentity({ audience: SIGN_UP_AUDIENCE }),
    // With the identity as the `sub`, the account owns what the device wrote before the sign-up.
    jwt({ jwt: { getSubject: localFirstSubject } }),
    // In your app, use `socialProviders: { google: … }` or similar. The plugin needs nothing else for it.
    genericOAuth({
      config: [
        {
          providerId: 'local',
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          discoveryUrl: `${providerOrigin}/.well-known/openid-configuration`,
          scopes: ['openid', 'profile', 'email'],
        },
      ],
    }),
  ],
})
