// An app with Better Auth, the plugin and every way of signing up, on a port of this machine.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

import { type BetterAuthOptions, type BetterAuthPlugin, betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import {
  admin,
  anonymous,
  bearer,
  emailOTP,
  genericOAuth,
  jwt,
  magicLink,
  oneTap,
  organization,
  phoneNumber,
  siwe,
  username,
} from 'better-auth/plugins'
import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'
import { type LocalFirstIdentityOptions, localFirstIdentity, localFirstSubject } from 'local-first-identity/better-auth'

import { CLIENT, startProvider } from '../../examples/better-auth/provider.mts'
import { freePort } from '../port.mts'
import { Browser } from './browser.mts'
import { type Database, sqlite } from './databases.mts'

export const audience = 'test-app-signup'
export const password = 'correct horse battery'

/** What the app has sent, by address. */
export class Mailbox {
  readonly #letters = new Map<string, string>()

  put = (address: string, letter: string): void => void this.#letters.set(address, letter)
  take(address: string): string {
    const letter = this.#letters.get(address) ?? assert.fail(`nothing for ${address}`)
    this.#letters.delete(address)
    return letter
  }
}

export interface AppOptions {
  database?: Database
  plugin?: Partial<LocalFirstIdentityOptions>
  options?: Partial<BetterAuthOptions>
  /** Plugins that come after the plugin, and in its place if it is left out. */
  more?: BetterAuthPlugin[]
  /** Leaves the plugin out, for what stands in its place. */
  without?: boolean
  provider?: boolean
  /** Better Auth's plugins that this app does not have, by ID. */
  leaveOut?: string[]
  /** Whether anonymous users outlive their upgrade. */
  keepAnonymous?: boolean
}

/** Every plugin that creates users, each as it is without the plugin under test. */
const signUpPlugins = (
  mailbox: Mailbox,
  providerPort: number | undefined,
  keepAnonymous: boolean,
): BetterAuthPlugin[] => [
  username(),
  anonymous({ disableDeleteAnonymousUser: keepAnonymous }),
  admin(),
  organization(),
  bearer(),
  oneTap({ clientId: 'of this test alone' }),
  emailOTP({ sendVerificationOTP: async ({ email, otp }) => mailbox.put(email, otp) }),
  magicLink({ sendMagicLink: async ({ email, url }) => mailbox.put(email, url) }),
  phoneNumber({
    sendOTP: ({ phoneNumber, code }) => mailbox.put(phoneNumber, code),
    signUpOnVerification: { getTempEmail: (phone) => `${phone.slice(1)}@phone.example` },
  }),
  siwe({
    domain: 'localhost',
    getNonce: async () => randomUUID().replaceAll('-', ''),
    verifyMessage: async () => true,
  }),
  ...(providerPort
    ? [
        genericOAuth({
          config: [
            {
              providerId: 'local',
              clientId: CLIENT.id,
              clientSecret: CLIENT.secret,
              discoveryUrl: `http://localhost:${providerPort}/.well-known/openid-configuration`,
              scopes: ['openid', 'profile', 'email'],
              pkce: true,
            },
          ],
        }),
      ]
    : []),
]

export type App = Awaited<ReturnType<typeof startApp>>

/** Starts an app; `stop` ends it and removes its database. */
export async function startApp(wanted: AppOptions = {}) {
  const {
    database = sqlite,
    plugin,
    options = {},
    more = [],
    without = false,
    provider = false,
    keepAnonymous = false,
    leaveOut = [],
  } = wanted
  const [port, providerPort] = [await freePort(), provider ? await freePort() : undefined]
  const origin = `http://localhost:${port}`
  const oidc = providerPort && (await startProvider(providerPort, `${origin}/api/auth/callback/local`))
  const storage = await database.open()
  const mailbox = new Mailbox()
  const logs: string[] = []
  const auth = betterAuth({
    baseURL: origin,
    secret: 'a secret of this test alone, of 32 letters and more',
    logger: { log: (level, text) => void logs.push(`${level}: ${text}`) },
    telemetry: { enabled: false },
    ...storage.options,
    ...options,
    advanced: { ...storage.options.advanced, ...options.advanced },
    emailAndPassword: {
      enabled: true,
      sendResetPassword: async ({ user, token }) => mailbox.put(user.email, token),
      ...options.emailAndPassword,
    },
    emailVerification: {
      sendVerificationEmail: async ({ user, url }) => mailbox.put(user.email, url),
      ...options.emailVerification,
    },
    user: { changeEmail: { enabled: true }, deleteUser: { enabled: true }, ...options.user },
    plugins: [
      ...(without ? [] : [localFirstIdentity({ audience, ...plugin })]),
      ...signUpPlugins(mailbox, providerPort, keepAnonymous).filter(({ id }) => !leaveOut.includes(id)),
      ...(without ? [] : [jwt({ jwt: { getSubject: localFirstSubject } })]),
      ...more,
    ],
  } as BetterAuthOptions)
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  const server = createServer(toNodeHandler(auth)).listen(port, 'localhost')
  await once(server, 'listening')
  const context = await auth.$context

  return {
    auth,
    context,
    logs,
    mailbox,
    origin,
    providerOrigin: `http://localhost:${providerPort}`,
    browser: () => new Browser(origin),
    users: () =>
      context.adapter.findMany<Record<string, unknown> & { id: string; email: string; jazzId?: string | null }>({
        model: 'user',
      }),
    async stop() {
      for (const one of [server, oidc]) {
        if (!one) continue
        one.close()
        one.closeAllConnections()
        await once(one, 'close')
      }
      await storage.close()
    },
  }
}

/** Runs with an app of its own. */
export async function withApp(wanted: AppOptions, run: (app: App) => Promise<void>): Promise<void> {
  const app = await startApp(wanted)
  try {
    await run(app)
  } finally {
    await app.stop()
  }
}

/** A device with a new identity. */
export function device() {
  const secret = generateAuthSecret()
  let issuedAt = Math.floor(Date.now() / 1000)
  return {
    secret,
    identity: deriveUserId(secret),
    /** A proof that is no other one: of another second, since those of one second are the same. */
    proof: (ttlSeconds = 60, forAudience = audience) =>
      mintLocalFirstToken(secret, forAudience, ttlSeconds, { now: issuedAt-- }),
  }
}

let counter = 0

/** Somebody who has not signed up anywhere. */
export function newPerson() {
  const number = ++counter
  return {
    email: `person${number}@example.com`,
    name: `Person ${number}`,
    username: `person_${number}`,
    phoneNumber: `+49151${String(number).padStart(7, '0')}`,
    wallet: `0x${number.toString(16).padStart(40, '0')}`,
  }
}

/** What somebody new fills into a sign-up form. */
export function newForm() {
  const { email, name } = newPerson()
  return { email, name, password }
}

export type Person = ReturnType<typeof newPerson>
