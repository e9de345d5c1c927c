// The plugins of Better Auth that hand cookies on to a framework: what a server action sets out on keeps its identity.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import type { BetterAuthPlugin } from 'better-auth'
import { createAuthMiddleware } from 'better-auth/api'
import { nextCookies } from 'better-auth/next-js'
import { sveltekitCookies } from 'better-auth/svelte-kit'
import { tanstackStartCookies } from 'better-auth/tanstack-start'
import { tanstackStartCookies as solidStartCookies } from 'better-auth/tanstack-start/solid'

import { standIn } from '../stand-ins.mts'
import { type App, device, newForm, newPerson, withApp } from './app.mts'
import { serverErrors } from './browser.mts'

/** What the framework has set in the browser during its action, by name. */
const jar = new Map<string, string>()
const set = (name: string, value: string) => void jar.set(name, value)
Object.assign(globalThis, { setInJar: set })

// The frameworks' own modules work inside of their servers alone. Next.js itself runs in e2e.
standIn({
  'next/headers.js': `
    export const cookies = async () => ({ set: globalThis.setInJar })
    export const headers = async () => new Headers({ 'next-action': 'x' })`,
  '@tanstack/react-start/server': 'export const setCookie = globalThis.setInJar',
  '@tanstack/solid-start/server': 'export const setCookie = globalThis.setInJar',
})

const integrations: [name: string, plugin: () => BetterAuthPlugin][] = [
  ['nextCookies', nextCookies],
  ['tanstackStartCookies', tanstackStartCookies],
  ['tanstackStartCookies of Solid', solidStartCookies],
  ['sveltekitCookies', () => sveltekitCookies(() => ({ cookies: { set } }) as never)],
]

interface Api {
  signInMagicLink(call: object): Promise<unknown>
  signInSocial(call: object): Promise<{ url: string }>
  getSession(call: object): Promise<unknown>
}
/** What an action of the server calls. */
const apiOf = (app: App) => app.auth.api as unknown as Api
/** A browser that has what the framework has set. */
function browserOf(app: App) {
  const browser = app.browser()
  for (const [name, value] of jar) browser.setCookie(name, encodeURIComponent(value))
  return browser
}

for (const [name, plugin] of integrations) {
  describe(`${name}, last as Better Auth asks`, () => {
    it('hands the ticket of a magic link on', () =>
      withApp({ more: [plugin()] }, async (app) => {
        jar.clear()
        const [own, { email }] = [device(), newPerson()]
        const body = { email, proofToken: own.proof() }
        await apiOf(app).signInMagicLink({ body, headers: new Headers() })
        assert.deepEqual([...jar.keys()], ['better-auth.local_first_identity_mail'])
        const browser = browserOf(app)
        await browser.open(app.mailbox.take(email))
        assert.equal((await browser.user())?.jazzId, own.identity)
      }))

    it('hands the ticket of a redirect on', () =>
      withApp({ more: [plugin()], provider: true }, async (app) => {
        jar.clear()
        const [own, { email }] = [device(), newPerson()]
        const body = { provider: 'local', loginHint: email, proofToken: own.proof() }
        const { url } = await apiOf(app).signInSocial({ body, headers: new Headers() })
        assert.deepEqual([...jar.keys()].toSorted(), ['better-auth.local_first_identity_redirect', 'better-auth.state'])
        const browser = browserOf(app)
        await browser.open(url)
        assert.equal((await browser.user())?.jazzId, own.identity)
      }))

    it('has no reason to warn', () =>
      withApp({ more: [plugin()] }, async (app) => {
        await apiOf(app).getSession({ headers: new Headers() })
        assert.deepEqual(
          app.logs.filter((line) => line.includes('should be placed last')),
          [],
        )
      }))
  })
}

describe('the place of the hooks', () => {
  const ids = (app: App) => app.context.options.plugins?.map(({ id }) => id) ?? []

  it('is behind all other plugins, but before those that hand cookies on', async () => {
    const other = { id: 'other' } satisfies BetterAuthPlugin
    const own = ['local-first-identity-before', 'local-first-identity-after']
    for (const [more, expected] of [
      [[other], ['other', ...own]],
      [
        [{ id: 'cookie-consent' }, other],
        ['cookie-consent', 'other', ...own],
      ],
      [
        [other, nextCookies()],
        ['other', 'next-cookies', 'local-first-identity-before'],
      ],
    ] as const) {
      await withApp({ more: [...more] }, async (app) => {
        assert.deepEqual(ids(app).slice(-expected.length), expected)
      })
    }
  })

  /** Signs up by a magic link over HTTP, which takes the hooks before an endpoint and after it. */
  async function keepsIdentity(app: App) {
    const [browser, own, { email }] = [app.browser(), device(), newPerson()]
    browser.proof = own.proof()
    assert.equal((await browser.send('/sign-in/magic-link', { email })).status, 200)
    await browser.open(app.mailbox.take(email))
    assert.equal((await browser.user())?.jazzId, own.identity)
  }

  it('is found where a cookie plugin stands first', () => withApp({ first: [nextCookies()] }, keepsIdentity))

  it('is found where another plugin brings plugins along', () => {
    const bundle: BetterAuthPlugin = { id: 'bundle', init: () => ({ options: { plugins: [{ id: 'inner' }] } }) }
    return withApp({ first: [bundle], more: [nextCookies()] }, keepsIdentity)
  })

  it('is found where two apps share a cookie plugin, each by its own options', async () => {
    const plugin = nextCookies()
    const options = { emailAndPassword: { enabled: true, requireEmailVerification: true } }
    /** What an app answers to a sign-up with an address that is taken: as if there were a user with the identity. */
    const answerOf = async (app: App) => {
      const [form, own] = [newForm(), device()]
      const [first, second] = [app.browser(), app.browser()]
      first.proof = device().proof()
      await first.send('/sign-up/email', form)
      second.proof = own.proof()
      const { body } = await second.send('/sign-up/email', form)
      assert.equal(body.user.jazzId, own.identity)
      return body.user.id === own.identity
    }
    await withApp({ more: [plugin], options, plugin: { assign: 'user-id' } }, (first) =>
      withApp({ more: [plugin], options }, async (second) => {
        assert.deepEqual([await answerOf(first), await answerOf(second)], [true, false])
      }),
    )
  })

  it('adds one hook to a cookie plugin, however many apps share it', async () => {
    const plugin = nextCookies()
    const before = plugin.hooks.after.length
    for (let time = 0; time < 3; time++) await withApp({ more: [plugin] }, async () => {})
    assert.equal(plugin.hooks.after.length, before + 1)
  })

  it('is the same for an app that takes its options twice', async () => {
    const more = [nextCookies()]
    const orders: string[][] = []
    for (let time = 0; time < 2; time++) await withApp({ more }, async (app) => void orders.push(ids(app)))
    assert.deepEqual(orders[1], orders[0])
    assert.equal(more.length, 1)
  })

  it('leaves a proof to the next try where a plugin behind a cookie plugin refuses the request', async () => {
    let isRefused = true
    const refuses: BetterAuthPlugin = {
      id: 'refuses',
      hooks: {
        before: [
          {
            matcher: ({ path }) => path === '/sign-up/email',
            handler: createAuthMiddleware(async (ctx) => {
              if (isRefused) throw ctx.error('FORBIDDEN')
            }),
          },
        ],
      },
    }
    await withApp({ more: [nextCookies(), refuses] }, async (app) => {
      const [browser, own] = [app.browser(), device()]
      browser.proof = own.proof()
      const form = newForm()
      assert.equal((await browser.send('/sign-up/email', form)).status, 403)
      isRefused = false
      assert.equal((await browser.send('/sign-up/email', form)).status, 200)
      assert.equal((await browser.user())?.jazzId, own.identity)
    })
  })
})

after(() => assert.deepEqual(serverErrors, []))
