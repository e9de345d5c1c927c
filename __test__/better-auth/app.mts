// An app with Better Auth, the plugin and every way of signing up, on a port of this machine.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

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
import { type LocalFirstIdentityOptions, localFirstIdentity, localFirstSubject } from 'local-first-identity/better-auth'
import { createIdentity, proofFor } from 'local-first-identity/testing'

import { CLIENT, startProvider } from '../../examples/better-auth/provider.mts'
import { Browser } from './browser.mts'
import { type Database, type Storage, sqlite } from './databases.mts'

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
  /** Plugins that come before the plugin. */
  first?: BetterAuthPlugin[]
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
  providerOrigin: string | undefined,
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
  ...(providerOrigin
    ? [
        genericOAuth({
          config: [
            {
              providerId: 'local',
              clientId: CLIENT.id,
              clientSecret: CLIENT.secret,
              discoveryUrl: `${providerOrigin}/.well-known/openid-configuration`,
              scopes: ['openid', 'profile', 'email'],
              pkce: true,
            },
          ],
        }),
      ]
    : []),
]

export type App = Awaited<ReturnType<typeof startApp>>

/** Where a server listens. */
const originOf = (server: Server): string => `http://localhost:${(server.address() as AddressInfo).port}`

async function end(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

/** Starts an app; `stop` ends it and removes its database. */
export async function startApp(wanted: AppOptions = {}) {
  const ends: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const one of ends.splice(0).reverse()) await one()
  }
  try {
    return { ...(await startParts(wanted, ends)), stop }
  } catch (error) {
    // What is left open would keep the process alive, and a test that fails would never end.
    await stop()
    throw error
  }
}

/** Starts the parts of an app, and adds to `ends` what ends each. */
async function startParts(wanted: AppOptions, ends: (() => Promise<void>)[]) {
  const { database = sqlite, provider = false } = wanted
  const storage = await database.open()
  ends.push(storage.close)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => end(server))
  const origin = originOf(server)
  const oidc = provider ? await startProvider(0, `${origin}/api/auth/callback/local`) : undefined
  if (oidc) ends.push(() => end(oidc))
  const providerOrigin = oidc && originOf(oidc)
  const { mailbox, logs, auth } = await configureWithTables(wanted, origin, providerOrigin, storage)
  server.on('request', toNodeHandler(auth))
  const context = await auth.$context

  return {
    auth,
    context,
    logs,
    mailbox,
    origin,
    providerOrigin,
    browser: () => new Browser(origin),
    users: () =>
      context.adapter.findMany<Record<string, unknown> & { id: string; email: string; jazzId?: string | null }>({
        model: 'user',
        limit: 10_000,
      }),
  }
}

/** Configures an app, and makes its tables; through an ORM only then, as its adapter has no migrations. */
async function configureWithTables(
  ...[wanted, origin, providerOrigin, storage]: Parameters<typeof configure>
): Promise<ReturnType<typeof configure>> {
  const direct = configure(wanted, origin, providerOrigin, storage)
  const { runMigrations } = await getMigrations(direct.auth.options)
  await runMigrations()
  if (!storage.throughOrm) return direct
  const database = await storage.throughOrm(direct.auth.options)
  return configure(wanted, origin, providerOrigin, { ...storage, options: { ...storage.options, database } })
}

function configure(wanted: AppOptions, origin: string, providerOrigin: string | undefined, storage: Storage) {
  const { plugin, options = {}, first = [], more = [], without = false, keepAnonymous = false, leaveOut = [] } = wanted
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
      ...first,
      ...(without ? [] : [localFirstIdentity({ audience, ...plugin })]),
      ...signUpPlugins(mailbox, providerOrigin, keepAnonymous).filter(({ id }) => !leaveOut.includes(id)),
      ...(without ? [] : [jwt({ jwt: { getSubject: localFirstSubject } })]),
      ...more,
    ],
  } as BetterAuthOptions)
  return { mailbox, logs, auth }
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
  const own = createIdentity()
  return {
    identity: own.userId,
    /** A proof that is no other one. */
    proof: (ttlSeconds = 60, forAudience = audience) => proofFor(forAudience, { identity: own, ttlSeconds }),
  }
}

/** Someone who is signed in anonymously, with this identity; the browser sends no proof from then on. */
export async function anonymousWith(app: App, { proof, identity }: ReturnType<typeof device>): Promise<Browser> {
  const browser = app.browser()
  browser.proof = proof()
  assert.equal((await browser.send('/sign-in/anonymous', {})).status, 200)
  browser.proof = undefined
  assert.equal((await browser.user())?.jazzId, identity)
  return browser
}

let counter = 0

/** Someone who has not signed up anywhere. */
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

/** What someone new fills into a sign-up form. */
export function newForm() {
  const { email, name } = newPerson()
  return { email, name, password }
}

export type Person = ReturnType<typeof newPerson>
