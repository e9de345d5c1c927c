// An anonymous user of Better Auth's who has an identity becomes a real one, and keeps it.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type App, device, newForm, newPerson, startApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { type Database, databases } from './databases.mts'
import { routes } from './sign-up.mts'

const upgrades = routes.filter(({ name }) => name !== 'anonymous')

async function anonymousWith(app: App, { proof, identity }: ReturnType<typeof device>): Promise<Browser> {
  const browser = app.browser()
  browser.proof = proof()
  assert.equal((await browser.send('/sign-in/anonymous', {})).status, 200)
  assert.equal((await browser.user())?.jazzId, identity)
  browser.proof = undefined
  return browser
}

const owners = async (app: App, identity: string) => (await app.users()).filter(({ jazzId }) => jazzId === identity)

function suite(database: Database): void {
  describe(`on ${database.name}`, { skip: database.skip }, () => {
    let app: App
    before(async () => {
      app = await startApp({ database, provider: true })
    })
    after(() => app.stop())

    for (const { name, signUp, fail } of upgrades) {
      for (const withProof of [true, false]) {
        it(`${name}, ${withProof ? 'with' : 'without'} a proof`, async () => {
          const own = device()
          const [browser, person] = [await anonymousWith(app, own), newPerson()]
          const former = (await browser.user())?.id
          if (withProof) browser.proof = own.proof()
          assert.equal((await signUp(app, browser, person)).code, undefined)
          const user = await browser.user()
          assert.deepEqual([user?.jazzId, user?.isAnonymous], [own.identity, false])
          assert.notEqual(user?.id, former)
          assert.deepEqual(
            (await owners(app, own.identity)).map(({ id }) => id),
            [user?.id],
          )
        })
      }

      it(`${name}: after a failure the anonymous user has it still`, async () => {
        const own = device()
        const browser = await anonymousWith(app, own)
        const former = (await browser.user())?.id
        browser.proof = own.proof()
        await fail(app, browser, newPerson())
        assert.deepEqual(
          (await owners(app, own.identity)).map(({ id }) => id),
          [former],
        )
        assert.equal((await browser.user())?.jazzId, own.identity)
      })
    }

    it('an address that is taken leaves it where it is', async () => {
      const [own, form] = [device(), newForm()]
      await app.browser().send('/sign-up/email', form)
      const browser = await anonymousWith(app, own)
      assert.equal((await browser.send('/sign-up/email', form)).status, 422)
      assert.equal((await browser.user())?.jazzId, own.identity)
    })
  })
}

for (const database of databases) suite(database)

describe('an anonymous identity', () => {
  let app: App
  before(async () => {
    app = await startApp({ provider: true })
  })
  after(() => app.stop())

  it('does not go to an account that exists, on a plain sign-in', async () => {
    const [own, form] = [device(), newForm()]
    await app.browser().send('/sign-up/email', form)
    const browser = await anonymousWith(app, own)
    browser.proof = own.proof()
    assert.equal((await browser.send('/sign-in/email', form)).status, 200)
    assert.equal((await browser.user())?.jazzId, null)
    assert.equal((await browser.client.localFirstIdentity.link({ proofToken: own.proof() })).error, null)
    assert.equal((await browser.user())?.jazzId, own.identity)
  })

  it('is not that of somebody else’s session', async () => {
    const [own, other] = [device(), device()]
    await anonymousWith(app, own)
    const thief = await anonymousWith(app, other)
    const { code } = await thief.send('/sign-up/email', { ...newForm(), proofToken: own.proof() })
    assert.equal(code, 'IDENTITY_ALREADY_LINKED')
    assert.equal((await thief.user())?.jazzId, other.identity)
  })

  for (const { name, signUp } of upgrades) {
    it(`is not that of somebody else’s session: ${name}`, async () => {
      const [own, other] = [device(), device()]
      await anonymousWith(app, own)
      const thief = await anonymousWith(app, other)
      thief.proof = own.proof()
      assert.equal((await signUp(app, thief, newPerson())).code, 'IDENTITY_ALREADY_LINKED')
      assert.equal((await thief.user())?.jazzId, other.identity)
    })
  }

  for (const withProof of [true, false]) {
    it(`is handed on by a bearer token, ${withProof ? 'with' : 'without'} a proof`, async () => {
      const own = device()
      const { body } = await app.browser().send('/sign-in/anonymous', { proofToken: own.proof() })
      const headers = { authorization: `Bearer ${body.token}` }
      const form = { ...newForm(), ...(withProof && { proofToken: own.proof() }) }
      const answer = await app.browser().post('/sign-up/email', form, headers)
      assert.deepEqual([answer.status, answer.body.user?.jazzId], [200, own.identity])
    })
  }

  it('goes along to an account that a stranger made with the address, by magic link', async () => {
    const [own, form] = [device(), newForm()]
    await app.browser().send('/sign-up/email', form)
    const browser = await anonymousWith(app, own)
    await upgrades
      .find(({ name }) => name === 'magic link')
      ?.signUp(app, browser, { ...newPerson(), email: form.email })
    assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [form.email, own.identity])
  })

  it('gives way to another identity that is proven', async () => {
    const [own, other] = [device(), device()]
    const browser = await anonymousWith(app, own)
    browser.proof = other.proof()
    assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
    assert.equal((await browser.user())?.jazzId, other.identity)
    assert.deepEqual(await owners(app, own.identity), [])
  })

  it('leaves an anonymous user who is kept', async () => {
    const keeping = await startApp({ keepAnonymous: true })
    try {
      const own = device()
      const browser = await anonymousWith(keeping, own)
      const former = (await browser.user())?.id
      await browser.send('/sign-up/email', newForm())
      const user = await browser.user()
      assert.equal(user?.jazzId, own.identity)
      const users = await keeping.users()
      assert.equal(users.find(({ id }) => id === former)?.jazzId, null)
    } finally {
      await keeping.stop()
    }
  })

  it('cannot be handed on as a user ID', async () => {
    const byId = await startApp({ plugin: { assign: 'user-id' } })
    try {
      const own = device()
      const browser = byId.browser()
      browser.proof = own.proof()
      await browser.send('/sign-in/anonymous', {})
      browser.proof = own.proof()
      assert.equal((await browser.send('/sign-up/email', newForm())).code, 'IDENTITY_ALREADY_LINKED')
      assert.equal((await browser.user())?.id, own.identity)
    } finally {
      await byId.stop()
    }
  })
})

after(() => assert.deepEqual(serverErrors, []))
