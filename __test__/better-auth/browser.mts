// A browser with Better Auth's own client in it.

import { createAuthClient } from 'better-auth/client'
import {
  adminClient,
  anonymousClient,
  emailOTPClient,
  jwtClient,
  magicLinkClient,
  organizationClient,
  phoneNumberClient,
  siweClient,
  usernameClient,
} from 'better-auth/client/plugins'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'

import { createBrowser } from '../../examples/better-auth/browser.mts'

/** Every answer of 500 and above that any browser got, for the test that there is none. */
export const serverErrors: string[] = []

export interface Extra {
  query?: Record<string, string> | undefined
  headers?: Record<string, string> | undefined
}

export interface Answer {
  status: number
  code?: string | undefined
  reason?: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server answered.
  body?: any
}

export class Browser {
  readonly #browser
  readonly origin: string
  readonly client
  /** The proof that the client sends with its next requests. */
  proof: string | undefined

  constructor(origin: string) {
    this.origin = origin
    this.#browser = createBrowser(origin)
    this.client = createAuthClient({
      baseURL: origin,
      fetchOptions: { customFetchImpl: this.fetch },
      plugins: [
        localFirstIdentityClient({ getProof: () => this.proof }),
        adminClient(),
        anonymousClient(),
        emailOTPClient(),
        jwtClient(),
        magicLinkClient(),
        organizationClient(),
        phoneNumberClient(),
        siweClient(),
        usernameClient(),
      ],
    })
  }

  /** Fetches with this browser's cookies, as a page of the app would. */
  readonly fetch: typeof fetch = async (input, init) => {
    const response = await this.#browser.fetch(input, init)
    if (response.status >= 500) serverErrors.push(`${init?.method ?? 'GET'} ${input}: ${response.status}`)
    return response
  }

  /** Posts to Better Auth as an attacker would, without its client: text goes out as it stands. */
  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.fetch(`${this.origin}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const answer = await response.json().catch(() => null)
    return { status: response.status, code: answer?.code, reason: answer?.reason, body: answer }
  }

  /** Posts to Better Auth with its own client, which sends this browser's proof along. */
  async send(path: string, body: object, { query = {}, headers = {} }: Extra = {}): Promise<Answer> {
    const { data, error } = await this.client.$fetch<unknown, { code?: string; reason?: string }>(path, {
      method: 'POST',
      body,
      query,
      headers,
    })
    return { status: error?.status ?? 200, code: error?.code, reason: error?.reason, body: data }
  }

  /** Opens a page and goes wherever it leads. */
  async open(url: string, stopBefore?: string): Promise<URL> {
    const { url: arrived, response } = await this.#browser.open(url, stopBefore)
    if (response && response.status >= 500) serverErrors.push(`GET ${arrived.pathname}: ${response.status}`)
    return arrived
  }

  /** Who is signed in here, asked from the database. */
  async user() {
    const { data } = await this.client.getSession({ query: { disableCookieCache: true } })
    return data?.user ?? null
  }

  /** The cookie of the app whose name ends so. */
  cookie(end: string): [name: string, value: string] | undefined {
    return Array.from(this.#browser.cookies).find(([name]) => name.endsWith(end))
  }

  setCookie(name: string, value: string): void {
    this.#browser.cookies.set(name, value)
  }
}
