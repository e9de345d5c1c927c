import { appendFileSync } from 'node:fs'

import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { nextCookies } from 'better-auth/next-js'
import { magicLink } from 'better-auth/plugins/magic-link'
import { localFirstIdentity } from 'local-first-identity/better-auth'

import { database } from './database.js'
import * as schema from './schema.js'

export const auth = betterAuth({
  baseURL: `http://127.0.0.1:${process.env.PORT ?? 3000}`,
  database: drizzleAdapter(database, { provider: 'sqlite', schema }),
  emailAndPassword: { enabled: true },
  plugins: [
    localFirstIdentity({ audience: 'e2e-signup' }),
    magicLink({ sendMagicLink: async ({ url }) => appendFileSync(process.env.MAILBOX, `${url}\n`) }),
    nextCookies(),
  ],
})
