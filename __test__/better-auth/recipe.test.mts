// The recipe of the Jazz documents runs as it stands, with this package under the name that it imports; what can be done
// to it, and cannot be done to the plugin.

import assert from 'node:assert/strict'
import { copyFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import type { BetterAuthPlugin } from 'better-auth'
import { createLocalJWKSet, jwtVerify } from 'jose'

import { projectWithAlias } from '../alias.mts'
import { type App, type AppOptions, device, newForm, newPerson, startApp } from './app.mts'
import type { recipe as Recipe } from './recipe.mts'
import { routes } from './sign-up.mts'

const audience = 'betterauth-signup'
const route = (name: string) => routes.find((one) => one.name === name) ?? assert.fail(name)

let folder: string
let recipe: typeof Recipe

/** Notes the objects that the endpoints of an app work with. */
const seen: unknown[] = []
const witness: BetterAuthPlugin = {
  id: 'witness',
  init: () => ({
    options: {
      databaseHooks: { user: { create: { before: async (_user, ctx) => void seen.push(ctx?.context.adapter) } } },
    },
  }),
}

const withRecipe = ({ options, ...rest }: AppOptions = {}) => {
  const { plugins, ...hooks } = recipe
  return startApp({ ...rest, without: true, more: [...plugins, witness], options: { ...options, ...hooks } })
}
const withPlugin = (wanted: AppOptions = {}) =>
  startApp({ ...wanted, plugin: { audience, ...wanted.plugin }, more: [witness] })

const owner = async (app: App, identity: string) =>
  (await app.users()).find(({ id, jazzId }) => id === identity || jazzId === identity)

interface Attack {
  name: string
  options?: AppOptions
  /** Whether it worked. */
  run(app: App): Promise<boolean>
}

const injectionOn = (name: string): Attack => ({
  name: `takes the identity of somebody who has not signed up, without a proof: ${name}`,
  async run(app) {
    const victim = device().identity
    await route(name).signUp(app, app.browser(), newPerson(), { body: { provedUserId: victim } })
    return (await owner(app, victim)) !== undefined
  },
})

const lossOn = (name: string): Attack => ({
  name: `loses the identity: ${name}`,
  options: { provider: true },
  async run(app) {
    const [browser, own] = [app.browser(), device()]
    const proofToken = own.proof(60, audience)
    browser.proof = proofToken
    await route(name).signUp(app, browser, newPerson(), { body: { proofToken } })
    assert.ok(await browser.user())
    return (await owner(app, own.identity)) === undefined
  },
})

const attacks: Attack[] = [
  ...['anonymous', 'e-mail OTP', 'phone'].map(injectionOn),
  ...['OAuth redirect', 'magic link', 'ID token'].map(lossOn),
  {
    name: 'keeps their own identity on the account of a mailbox that is not theirs',
    async run(app) {
      const [attacker, own, victim] = [app.browser(), device(), newPerson()]
      const proofToken = own.proof(60, audience)
      await attacker.send('/sign-up/email', { ...newForm(), email: victim.email, proofToken })
      const browser = app.browser()
      await route('magic link').signUp(app, browser, victim)
      const user = (await browser.user()) as { id: string; jazzId?: string } | null
      assert.equal((await app.users()).filter(({ email }) => email === victim.email).length, 1)
      return [user?.id, user?.jazzId].includes(own.identity)
    },
  },
  {
    name: 'uses a captured proof after the account was deleted',
    async run(app) {
      const [browser, own] = [app.browser(), device()]
      const proofToken = own.proof(60, audience)
      await browser.send('/sign-up/email', { ...newForm(), proofToken })
      await app.context.internalAdapter.deleteUser((await browser.user())?.id ?? assert.fail())
      await app.browser().send('/sign-up/email', { ...newForm(), proofToken })
      return (await owner(app, own.identity)) !== undefined
    },
  },
  {
    name: 'learns which addresses have an account',
    options: { options: { emailAndPassword: { enabled: true, requireEmailVerification: true } } },
    async run(app) {
      const [known, own] = [newPerson(), device()]
      const signUp = (email: string, proofToken: string) =>
        app.browser().send('/sign-up/email', { ...newForm(), email, proofToken })
      await signUp(known.email, own.proof(60, audience))
      const shape = async (email: string) => {
        const { identity, proof } = device()
        const { status, body } = await signUp(email, proof(60, audience))
        // The role is the admin plugin's, and that answer is Better Auth's own: `null` for an address that is taken.
        const form = { email: '', name: '', createdAt: '', updatedAt: '', role: '' }
        const same = { ...body.user, ...form }
        return JSON.stringify([
          status,
          body.token,
          { ...same, id: same.id === identity, jazzId: same.jazzId === identity },
        ])
      }
      return (await shape(known.email)) !== (await shape(newPerson().email))
    },
  },
  {
    name: 'loses the identity with serial IDs, and says nothing',
    options: { options: { advanced: { database: { generateId: 'serial' } } } },
    async run(app) {
      const own = device()
      const proofToken = own.proof(60, audience)
      const { status } = await app.browser().send('/sign-up/email', { ...newForm(), proofToken })
      assert.equal(status, 200)
      return (await owner(app, own.identity)) === undefined
    },
  },
  {
    name: 'works on copies of the server’s own objects',
    async run(app) {
      seen.length = 0
      const proofToken = device().proof(60, audience)
      await app.browser().send('/sign-up/email', { ...newForm(), proofToken })
      assert.equal(seen.length, 1)
      return seen[0] !== app.context.adapter
    },
  },
]

describe('the recipe of the Jazz documents', () => {
  before(async () => {
    folder = projectWithAlias()
    for (const name of ['better-auth', '@better-auth']) {
      const target = fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url))
      symlinkSync(target, join(folder, 'node_modules', name), 'junction')
    }
    const file = join(folder, 'recipe.mts')
    copyFileSync(new URL('recipe.mts', import.meta.url), file)
    recipe = (await import(pathToFileURL(file).href)).recipe
  })
  after(() => rmSync(folder, { recursive: true }))

  it('runs as it stands', async () => {
    const app = await withRecipe()
    try {
      const [browser, own] = [app.browser(), device()]
      const proofToken = own.proof(60, audience)
      const { status } = await browser.send('/sign-up/email', { ...newForm(), proofToken })
      assert.deepEqual([status, (await browser.user())?.id], [200, own.identity])
      const { data } = await browser.client.token()
      const keys = createLocalJWKSet(await (await browser.fetch(`${app.origin}/api/auth/jwks`)).json())
      const { payload, protectedHeader } = await jwtVerify(data?.token ?? '', keys)
      assert.deepEqual([payload.sub, protectedHeader.alg], [own.identity, 'ES256'])
      for (const [wrong, message] of [
        [undefined, 'No identity proof was sent.'],
        [42, 'The identity proof is not a well-formed token.'],
        [{ $ne: null }, 'The identity proof is not a well-formed token.'],
        [device().proof(60, 'another-app'), 'The identity proof was made for another audience.'],
      ]) {
        const answer = await browser.post('/sign-up/email', { ...newForm(), proofToken: wrong })
        assert.deepEqual([answer.status, answer.body.message], [400, message])
      }
    } finally {
      await app.stop()
    }
  })

  for (const { name, options, run } of attacks) {
    it(`${name}: yes`, async () => {
      const app = await withRecipe(options)
      try {
        assert.equal(await run(app), true)
      } finally {
        await app.stop()
      }
    })
  }
})

describe('the plugin', () => {
  for (const { name, options, run } of attacks) {
    it(`${name}: no`, async () => {
      const app = await withPlugin(options)
      try {
        assert.equal(await run(app), false)
      } finally {
        await app.stop()
      }
    })
  }
})
