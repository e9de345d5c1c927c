// POST /local-first-identity/link: an account that exists gets its identity.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { decodeJwt } from 'jose'

import { type App, device, newForm, startApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { type Database, databases, serialDatabases } from './databases.mts'

const signedUp = async (app: App): Promise<Browser> => {
  const browser = app.browser()
  assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
  return browser
}

const link = async (browser: Browser, proof?: string) => {
  browser.proof = proof
  const { data, error } = await browser.client.localFirstIdentity.link({})
  return { data, status: error?.status ?? 200, code: error?.code }
}

const subject = async (browser: Browser) => decodeJwt((await browser.client.token()).data?.token ?? '').sub

function suite(database: Database): void {
  describe(`on ${database.name}`, { skip: database.skip }, () => {
    let app: App
    before(async () => {
      app = await startApp({ database })
    })
    after(() => app.stop())

    it('gives the identity, once and for all', async () => {
      const [browser, own, other] = [await signedUp(app), device(), device()]
      const id = (await browser.user())?.id
      assert.equal(await subject(browser), id)
      const proof = own.proof()
      assert.deepEqual((await link(browser, proof)).data, { status: true, jazzId: own.identity })
      assert.deepEqual([(await browser.user())?.jazzId, await subject(browser)], [own.identity, own.identity])
      assert.deepEqual((await link(browser, proof)).data, { status: true, jazzId: own.identity })
      assert.deepEqual((await link(browser, own.proof())).data, { status: true, jazzId: own.identity })
      const { status, code } = await link(browser, other.proof())
      assert.deepEqual([status, code], [409, 'USER_HAS_ANOTHER_IDENTITY'])
      assert.equal((await browser.user())?.jazzId, own.identity)
    })

    it('takes the proof from the body, too', async () => {
      const [browser, own] = [await signedUp(app), device()]
      const { data } = await browser.client.localFirstIdentity.link({ proofToken: own.proof() })
      assert.deepEqual(data, { status: true, jazzId: own.identity })
    })

    it('refuses an identity that someone has, and its used proof', async () => {
      const [first, second, own] = [await signedUp(app), await signedUp(app), device()]
      const proof = own.proof()
      await link(first, proof)
      const taken = await link(second, proof)
      assert.deepEqual([taken.status, taken.code], [409, 'IDENTITY_ALREADY_LINKED'])
      await app.context.internalAdapter.deleteUser((await first.user())?.id ?? assert.fail())
      const used = await link(second, proof)
      assert.deepEqual([used.status, used.code], [409, 'PROOF_ALREADY_USED'])
      assert.equal((await link(second, own.proof())).status, 200)
    })

    it('gives an identity to one of many who ask at once', async () => {
      const own = device()
      const browsers = await Promise.all(Array.from({ length: 10 }, () => signedUp(app)))
      const answers = await Promise.all(browsers.map((browser) => link(browser, own.proof())))
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      assert.equal(answers.filter(({ code }) => code === 'IDENTITY_ALREADY_LINKED').length, 9)
      assert.equal((await app.users()).filter(({ jazzId }) => jazzId === own.identity).length, 1)
    })

    it('gives a user one of many identities that ask at once', async () => {
      const browser = await signedUp(app)
      const devices = Array.from({ length: 10 }, device)
      const answers = await Promise.all(
        devices.map(({ proof }) => browser.send('/local-first-identity/link', { proofToken: proof() })),
      )
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      assert.equal(answers.filter(({ code }) => code === 'USER_HAS_ANOTHER_IDENTITY').length, 9)
      const winner = answers.findIndex(({ status }) => status === 200)
      assert.equal((await browser.user())?.jazzId, devices[winner]?.identity)
    })
  })
}

for (const database of [...databases, ...serialDatabases]) suite(database)

describe('the link', () => {
  let app: App
  before(async () => {
    app = await startApp({ options: { session: { cookieCache: { enabled: true, maxAge: 300 } } } })
  })
  after(() => app.stop())

  it('needs a session and a proof that holds', async () => {
    const [browser, nobody, own] = [await signedUp(app), app.browser(), device()]
    assert.equal((await link(nobody, own.proof())).status, 401)
    for (const [proof, code, reason] of [
      [undefined, 'PROOF_REQUIRED', undefined],
      ['', 'PROOF_REQUIRED', undefined],
      ['nonsense', 'INVALID_PROOF', 'malformed'],
      [own.proof(60, 'another-app'), 'INVALID_PROOF', 'audience-mismatch'],
      [own.proof(301), 'INVALID_PROOF', 'ttl-too-long'],
    ] as const) {
      const answer = await browser.post('/local-first-identity/link', { proofToken: proof })
      assert.deepEqual([answer.status, answer.code, answer.reason], [400, code, reason])
    }
    for (const body of ['null', '[]', '7', '"x"', '{"proofToken":7}', '{"proofToken":["x"]}', '{"proofToken":{}}']) {
      const answer = await browser.post('/local-first-identity/link', body)
      assert.equal(answer.status, 400, body)
    }
    assert.equal((await browser.user())?.jazzId, null)
  })

  it('reaches the other devices of the account, whose cookies cache the user', async () => {
    const [browser, other, own, form] = [app.browser(), app.browser(), device(), newForm()]
    await browser.send('/sign-up/email', form)
    await other.send('/sign-in/email', form)
    const id = (await other.user())?.id
    await link(browser, own.proof())
    const cached = await other.client.getSession()
    assert.deepEqual([cached.data?.user.jazzId, cached.data?.user.id], [null, id])
    assert.equal(await subject(other), own.identity)
    assert.equal((await browser.client.getSession()).data?.user.jazzId, own.identity)
  })

  it('is not for an admin who acts as the user', async () => {
    const [admin, form] = [await signedUp(app), newForm()]
    const { data } = await app.browser().client.signUp.email(form)
    await app.context.internalAdapter.updateUser((await admin.user())?.id ?? '', { role: 'admin' })
    const { error } = await admin.client.admin.impersonateUser({ userId: data?.user.id ?? '' })
    assert.deepEqual([error, (await admin.user())?.email], [null, form.email])
    const answer = await link(admin, device().proof())
    assert.deepEqual([answer.status, answer.code], [400, 'IDENTITY_READ_ONLY'])
    assert.equal((await admin.user())?.jazzId, null)
  })

  it('is limited to 10 a minute', async () => {
    const limited = await startApp({ options: { rateLimit: { enabled: true } } })
    try {
      const browser = await signedUp(limited)
      const statuses: number[] = []
      for (let tries = 0; tries < 11; tries++) statuses.push((await link(browser, 'nonsense')).status)
      assert.deepEqual(statuses, [...Array(10).fill(400), 429])
    } finally {
      await limited.stop()
    }
  })

  it('cannot change the ID of a user', async () => {
    const byId = await startApp({ plugin: { assign: 'user-id' } })
    try {
      const [browser, own] = [byId.browser(), device()]
      browser.proof = own.proof()
      await browser.send('/sign-up/email', newForm())
      assert.deepEqual((await link(browser, own.proof())).data, { status: true, jazzId: own.identity })
      assert.equal((await link(browser, device().proof())).code, 'USER_HAS_ANOTHER_IDENTITY')
      assert.equal((await link(await signedUp(byId), device().proof())).code, 'USER_HAS_ANOTHER_IDENTITY')
    } finally {
      await byId.stop()
    }
  })
})

after(() => assert.deepEqual(serverErrors, []))
