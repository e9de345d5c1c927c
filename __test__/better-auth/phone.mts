// A phone. It has an app with Better Auth's own plugins for Expo, and the system's browser with its own cookies.
// Of React Native, only what the plugins ask of it stands here.

import assert from 'node:assert/strict'

import { expo } from '@better-auth/expo'
import type { BetterAuthPlugin } from 'better-auth'
import { createAuthClient } from 'better-auth/client'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'

import { standIn } from '../stand-ins.mts'
import { type App, type AppOptions, withApp } from './app.mts'
import { serverErrors } from './browser.mts'
import { backFrom, idp, visitor } from './code-provider.mts'

standIn({
  'react-native': `export const Platform = { OS: 'ios' }; export const AppState = { addEventListener: () => ({ remove() {} }) }`,
  'expo-constants': 'export default { expoConfig: { scheme: "myapp" } }',
  'expo-linking': 'export const createURL = (path) => "myapp://" + path',
  'expo-network': 'export const addNetworkStateListener = () => ({ remove() {} })',
  'expo-web-browser': 'export const openAuthSessionAsync = (...args) => globalThis.openSystemBrowser(...args)',
})
const { expoClient } = await import('@better-auth/expo/client')

/** The system's browser. It follows redirects until one opens an app. */
class SystemBrowser {
  readonly #cookies = new Map<string, string>()

  async #get(url: string): Promise<string> {
    const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    if (response.status >= 500) serverErrors.push(`GET ${url}: ${response.status}`)
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    return response.headers.get('location') ?? assert.fail(`${url} answered ${response.status}`)
  }

  async open(url: string): Promise<string> {
    const to = new URL(await this.#get(url))
    if (to.protocol === 'myapp:') return to.href
    if (to.hostname !== 'idp.example') return this.open(to.href)
    return this.open(backFrom(to.href))
  }
}

/** Someone's phone: an app with a secure store, and the system's browser. */
export class Phone {
  readonly stored = new Map<string, string>()
  readonly browser = new SystemBrowser()
  readonly app: App
  proof: string | undefined
  /** What the app's browser does in place of what a person would have it do. */
  onOpen = (url: string): Promise<string> => this.browser.open(url)
  readonly client

  constructor(app: App) {
    this.app = app
    const storage = {
      getItem: (key: string) => this.stored.get(key) ?? null,
      setItem: (key: string, value: string) => void this.stored.set(key, value),
      getItemAsync: async (key: string) => this.stored.get(key) ?? null,
      setItemAsync: async (key: string, value: string) => void this.stored.set(key, value),
    }
    this.client = createAuthClient({
      baseURL: app.origin,
      plugins: [expoClient({ scheme: 'myapp', storage }), localFirstIdentityClient({ getProof: () => this.proof })],
    })
  }

  cookies = (): Record<string, { value: string }> => JSON.parse(this.stored.get('better-auth_cookie') ?? '{}')

  /** Signs in with the provider as the person with this address. Returns the address that the browser came back with. */
  async signIn(address: string): Promise<string> {
    visitor.email = address
    let back = ''
    const openSystemBrowser = async (url: string) => {
      back = await this.onOpen(url)
      return { type: 'success', url: back }
    }
    Object.assign(globalThis, { openSystemBrowser })
    const { error } = await this.client.signIn.social({ provider: 'idp', callbackURL: '/' } as never)
    assert.equal(error, null)
    return back
  }

  /** Who is signed in, as the app is told. */
  async user(): Promise<{ id: string; email: string; jazzId: string | null } | null> {
    const { data } = await this.client.getSession()
    return (data?.user ?? null) as never
  }
}

export const withExpo = (run: (app: App) => Promise<void>, wanted: AppOptions = {}) =>
  withApp(
    {
      ...wanted,
      options: { trustedOrigins: ['myapp://'], ...wanted.options },
      first: [expo() as unknown as BetterAuthPlugin, idp()],
    },
    run,
  )

export const identityOf = async (app: App, address: string) =>
  (await app.users()).find((user) => user.email === address)?.jazzId ?? null
