// An anonymous user of Better Auth's who has an identity becomes a real one, and keeps it.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type App, anonymousWith, device, newForm, newPerson, startApp } from './app.mts'
import { serverErrors } from './browser.mts'
import { type Database, databases } from './databases.mts'
import { routes } from './sign-up.mts'

const upgrades = routes.filter(({ name }) => name !== 'anonymous')

const ownerIds = async (app: App, identity: string) =>
  (await app.users()).filter(({ jazzId }) => jazzId === identity).map(({ id }) => id)

function suite(database: Database): void {
  describe(`on ${database.name}`, { skip: database.skip }, () => {
    let app: App
    before(async () => {
      app = await startApp({ database, provider: true })
    })
    after(() => app.stop())

    for (const { name, signUp, fail } of upgrades) {
      it(`${name}, with a proof: the identity comes along`, async () => {
        const own = device()
        const [browser, person] = [await anonymousWith(app, own), newPerson()]
        const former = (await browser.user())?.id
        browser.proof = own.proof()
        assert.equal((await signUp(app, browser, person)).code, undefined)
        const user = await browser.user()
        assert.deepEqual([user?.jazzId, user?.isAnonymous], [own.identity, false])
        assert.notEqual(user?.id, former)
        assert.deepEqual(await ownerIds(app, own.identity), [user?.id])
      })

      it(`${name}, without a proof: the identity does not come, and \`link()\` fetches it`, async () => {
        const own = device()
        const browser = await anonymousWith(app, own)
        assert.equal((await signUp(app, browser, newPerson())).code, undefined)
        const user = await browser.user()
        assert.deepEqual([user?.jazzId, user?.isAnonymous], [null, false])
        assert.ok(app.logs.some((line) => line.includes('An anonymous user with an identity was replaced')))
        const { error } = await browser.client.localFirstIdentity.link({ proofToken: own.proof() })
        assert.equal(error, null)
        assert.deepEqual(await ownerIds(app, own.identity), [user?.id])
      })

      it(`${name}: after a failure the anonymous user has it still`, async () => {
        const own = device()
        const browser = await anonymousWith(app, own)
        const former = (await browser.user())?.id
        browser.proof = own.proof()
        await fail(app, browser, newPerson())
        assert.deepEqual(await ownerIds(app, own.identity), [former])
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

  for (const { name, signUp } of upgrades) {
    it(`comes by its proof, though its session is lost: ${name}`, async () => {
      const own = device()
      const former = (await (await anonymousWith(app, own)).user())?.id
      const browser = app.browser()
      browser.proof = own.proof()
      assert.equal((await signUp(app, browser, newPerson())).code, undefined)
      const user = await browser.user()
      assert.deepEqual(await ownerIds(app, own.identity), [user?.id])
      assert.equal((await app.users()).find(({ id }) => id === former)?.jazzId, null)
    })
  }

  it('comes by `link()`, though its session is lost', async () => {
    const [own, browser] = [device(), app.browser()]
    await anonymousWith(app, own)
    await browser.send('/sign-up/email', newForm())
    assert.equal((await browser.client.localFirstIdentity.link({ proofToken: own.proof() })).error, null)
    assert.deepEqual(await ownerIds(app, own.identity), [(await browser.user())?.id])
  })

  it('is not taken by another anonymous user', async () => {
    const [own, browser] = [device(), app.browser()]
    const former = (await (await anonymousWith(app, own)).user())?.id
    browser.proof = own.proof()
    assert.equal((await browser.send('/sign-in/anonymous', {})).code, 'IDENTITY_ALREADY_LINKED')
    assert.deepEqual(await ownerIds(app, own.identity), [former])
  })

  it('comes to an anonymous user by `link()`, who had lost the session of another one', async () => {
    const [own, browser] = [device(), app.browser()]
    await anonymousWith(app, own)
    await browser.send('/sign-in/anonymous', {})
    assert.equal((await browser.client.localFirstIdentity.link({ proofToken: own.proof() })).error, null)
    assert.deepEqual(await ownerIds(app, own.identity), [(await browser.user())?.id])
  })

  for (const withProof of [true, false]) {
    it(`with a bearer token, ${withProof ? 'moves by a proof' : 'does not move without a proof'}`, async () => {
      const own = device()
      const { body } = await app.browser().send('/sign-in/anonymous', { proofToken: own.proof() })
      const headers = { authorization: `Bearer ${body.token}` }
      const form = { ...newForm(), ...(withProof && { proofToken: own.proof() }) }
      const answer = await app.browser().post('/sign-up/email', form, headers)
      assert.deepEqual([answer.status, answer.body.user?.jazzId], [200, withProof ? own.identity : null])
    })
  }

  it('goes along to an account that a stranger made with the address, by magic link', async () => {
    const [own, form] = [device(), newForm()]
    await app.browser().send('/sign-up/email', form)
    const browser = await anonymousWith(app, own)
    browser.proof = own.proof()
    await upgrades
      .find(({ name }) => name === 'magic link')
      ?.signUp(app, browser, { ...newPerson(), email: form.email })
    assert.deepEqual([(await browser.user())?.email, (await browser.user())?.jazzId], [form.email, own.identity])
    assert.equal((await ownerIds(app, own.identity)).length, 1)
  })

  it('gives way to another identity that is proven', async () => {
    const [own, other] = [device(), device()]
    const browser = await anonymousWith(app, own)
    browser.proof = other.proof()
    assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
    assert.equal((await browser.user())?.jazzId, other.identity)
    assert.deepEqual(await ownerIds(app, own.identity), [])
  })

  it('leaves an anonymous user who is kept', async () => {
    const keeping = await startApp({ keepAnonymous: true })
    try {
      const own = device()
      const browser = await anonymousWith(keeping, own)
      const former = (await browser.user())?.id
      browser.proof = own.proof()
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
