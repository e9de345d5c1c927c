// A browser, as far as sign-up needs one: cookies for each origin, redirects that are followed by hand, and Better Auth's
// own client in it.

import { createAuthClient } from 'better-auth/client'
import {
  adminClient,
  anonymousClient,
  emailOTPClient,
  jwtClient,
  magicLinkClient,
  phoneNumberClient,
  siweClient,
  usernameClient,
} from 'better-auth/client/plugins'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'

/** Every answer of 500 and above that any browser got, for the test that there is none. */
export const serverErrors: string[] = []

export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()
  readonly origin: string
  readonly client
  /** The proof that the client sends with its next requests. */
  proof: string | undefined

  constructor(origin: string) {
    this.origin = origin
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
        phoneNumberClient(),
        siweClient(),
        usernameClient(),
      ],
    })
  }

  /** Fetches with this browser's cookies, as a page of the app would. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    const jar = this.#jar(url.origin)
    const headers = new Headers(init.headers)
    if (jar.size > 0) headers.set('cookie', Array.from(jar, ([name, value]) => `${name}=${value}`).join('; '))
    if (init.method && init.method !== 'GET') headers.set('origin', this.origin)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) this.#keep(jar, cookie)
    if (response.status >= 500) serverErrors.push(`${init.method ?? 'GET'} ${url.pathname}: ${response.status}`)
    return response
  }

  #jar(origin: string): Map<string, string> {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>()
    this.#cookies.set(origin, jar)
    return jar
  }

  #keep(jar: Map<string, string>, cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';')
    const [name = '', ...value] = pair.split('=')
    const gone = attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
    if (gone) jar.delete(name)
    else jar.set(name, value.join('='))
  }

  /** Posts to Better Auth as an attacker would, without its client. */
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

  /** Opens a page and goes wherever it leads, until it answers, or leads to a page that is not to be opened. */
  async open(url: string, stopBefore = ' '): Promise<{ response?: Response; url: URL }> {
    let next = new URL(url)
    for (let hops = 0; hops < 20; hops++) {
      if (next.href.startsWith(stopBefore)) return { url: next }
      const response = await this.fetch(next)
      const location = response.headers.get('location')
      if (!location) return { response, url: next }
      await response.body?.cancel()
      next = new URL(location, next)
    }
    throw new Error(`${url} redirects without end`)
  }

  /** Who is signed in here, asked from the database. */
  async user() {
    const { data } = await this.client.getSession({ query: { disableCookieCache: true } })
    return data?.user ?? null
  }

  /** The cookie of the app whose name has this in it. */
  cookie(part: string): [string, string] {
    const found = Array.from(this.#jar(this.origin)).find(([name]) => name.includes(part))
    if (!found) throw new Error(`there is no cookie ${part}`)
    return found
  }

  hasCookie(part: string): boolean {
    return Array.from(this.#jar(this.origin).keys()).some((name) => name.includes(part))
  }

  setCookie(name: string, value: string): void {
    this.#jar(this.origin).set(name, value)
  }
}

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
