// The browser's half: what it sends, when, and what comes with it.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { betterAuth } from 'better-auth'
import { createAuthClient } from 'better-auth/client'
import { inferAdditionalFields } from 'better-auth/client/plugins'
import { build } from 'esbuild'
import { LOCAL_FIRST_IDENTITY_ERROR_CODES, localFirstIdentity } from 'local-first-identity/better-auth'
import {
  LOCAL_FIRST_IDENTITY_ERROR_CODES as CLIENT_ERROR_CODES,
  type LocalFirstIdentityClientOptions,
  localFirstIdentityClient,
} from 'local-first-identity/better-auth/client'

import { type Equal, holds } from '../holds.mts'
import { type App, audience, device, newForm, startApp } from './app.mts'

describe('the client', () => {
  let app: App
  before(async () => {
    app = await startApp()
  })
  after(() => app.stop())

  /** A client that writes down what it asks for and what it sends. */
  const spy = (getProof: LocalFirstIdentityClientOptions['getProof'], basePath = '/api/auth') => {
    const sent: [path: string, proof: string | null][] = []
    const client = createAuthClient({
      baseURL: `http://localhost:1${basePath}`,
      plugins: [localFirstIdentityClient({ getProof })],
      fetchOptions: {
        customFetchImpl: async (input, init) => {
          const { pathname } = new URL(String(input))
          sent.push([pathname.slice(basePath.length), new Headers(init?.headers).get('x-local-first-proof')])
          return Response.json({})
        },
      },
    })
    return { client, sent }
  }

  it('asks for a proof for each request that may create a user, and for no other', async () => {
    let asked = 0
    const { client, sent } = spy(async () => `proof ${++asked}`)
    const post = (path: string) => client.$fetch(path, { method: 'POST', body: {} })
    for (const path of ['/sign-up/email', '/sign-in/social', '/sign-in/email', '/sign-out', '/sign-in/magic-link'])
      await post(path)
    for (const path of ['/sign-in/anonymous', '/sign-in/email-otp', '/phone-number/verify', '/siwe/verify'])
      await post(path)
    await client.localFirstIdentity.link()
    await client.getSession()
    assert.deepEqual(sent.slice(0, 10), [
      ['/sign-up/email', 'proof 1'],
      ['/sign-in/social', 'proof 2'],
      ['/sign-in/email', null],
      ['/sign-out', null],
      ['/sign-in/magic-link', 'proof 3'],
      ['/sign-in/anonymous', 'proof 4'],
      ['/sign-in/email-otp', 'proof 5'],
      ['/phone-number/verify', 'proof 6'],
      ['/siwe/verify', 'proof 7'],
      ['/local-first-identity/link', 'proof 8'],
    ])
    assert.equal(asked, 8)
  })

  it('does so where `URL` takes text alone, as in React Native', async () => {
    const { URL: Standard } = globalThis
    const { client, sent } = spy(() => 'proof')
    globalThis.URL = class extends Standard {
      constructor(url: string | URL, base?: string | URL) {
        if (typeof url !== 'string') throw new TypeError('this._url.includes is not a function')
        super(url, base)
      }
    }
    try {
      await client.$fetch('/sign-up/email', { method: 'POST', body: {} })
    } finally {
      globalThis.URL = Standard
    }
    assert.deepEqual(sent, [['/sign-up/email', 'proof']])
  })

  it('does so under any base path', async () => {
    const { client, sent } = spy(() => 'proof', '/some/where/else')
    await client.signUp.email(newForm())
    assert.deepEqual(sent[0], ['/sign-up/email', 'proof'])
  })

  it('sends none to another server', async () => {
    const { client, sent } = spy(() => 'proof')
    await client.$fetch('https://elsewhere.example/api/auth/sign-up/email', { method: 'POST', body: {} })
    assert.deepEqual(sent, [['/sign-up/email', null]])
  })

  it('sends none where there is none, and lets a failure through', async () => {
    for (const nothing of [null, undefined, '']) {
      const { client, sent } = spy(() => nothing)
      await client.signUp.email(newForm())
      assert.deepEqual(sent[0], ['/sign-up/email', null])
    }
    const { client, sent } = spy(() => {
      throw new Error('the device is locked')
    })
    await assert.rejects(async () => client.signUp.email(newForm()), /the device is locked/)
    assert.deepEqual(sent, [])
  })

  it('refuses what is no function', () => {
    for (const wrong of [undefined, {}, { getProof: 'x' }]) {
      assert.throws(() => localFirstIdentityClient(wrong as unknown as LocalFirstIdentityClientOptions), TypeError)
    }
  })

  it('has the server’s codes, and its users the identity', async () => {
    assert.equal(CLIENT_ERROR_CODES, LOCAL_FIRST_IDENTITY_ERROR_CODES)
    const own = device()
    const browser = app.browser()
    browser.proof = own.proof()
    const { data } = await browser.client.signUp.email(newForm())
    assert.equal(data?.user.email.includes('@'), true)
    const session = await browser.client.getSession()
    assert.equal(session.data?.user.jazzId, own.identity)
  })

  it('brings nothing of the server into the browser', async () => {
    const { metafile } = await build({
      stdin: {
        contents: `export { localFirstIdentityClient } from 'local-first-identity/better-auth/client'`,
        resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
      },
      bundle: true,
      format: 'esm',
      metafile: true,
      platform: 'browser',
      write: false,
    })
    const inputs = Object.keys(metafile.inputs).filter((path) => path !== '<stdin>')
    assert.deepEqual(inputs.map((path) => path.split('/').at(-1)).toSorted(), [
      'client.mjs',
      'error-codes.mjs',
      'errors.mjs',
      'proof-header.mjs',
      'routes.mjs',
    ])
  })
})

it('is typed both ways', () => {
  const server = betterAuth({
    baseURL: 'http://localhost:1',
    secret: 'a secret of this test alone, of 32 letters and more',
    logger: { disabled: true },
    plugins: [localFirstIdentity({ audience })],
  })
  type ServerUser = typeof server.$Infer.Session.user
  holds<Equal<ServerUser['jazzId'], string | null | undefined>>()
  type Linked = Awaited<ReturnType<typeof server.api.linkLocalFirstIdentity>>
  holds<Equal<Linked, { status: boolean; jazzId: string }>>()

  const client = createAuthClient({
    plugins: [localFirstIdentityClient({ getProof: () => null }), inferAdditionalFields<typeof server>()],
  })
  type ClientUser = typeof client.$Infer.Session.user
  holds<Equal<ClientUser['jazzId'], string | null | undefined>>()
  type Link = Parameters<typeof client.localFirstIdentity.link>[0]
  holds<Equal<NonNullable<Link>['proofToken'], string | undefined>>()
  const linking = () => client.localFirstIdentity.link()
  holds<Equal<Awaited<ReturnType<typeof linking>>['data'], { status: boolean; jazzId: string } | null>>()

  // @ts-expect-error: the audience is not optional.
  assert.throws(() => localFirstIdentity({}), TypeError)
  // @ts-expect-error: a way to keep identities that there is not.
  assert.throws(() => localFirstIdentity({ audience, assign: 'account' }), TypeError)
})
