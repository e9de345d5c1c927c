// No identity without a proof, on any route: with a session, as an admin, through updates; and whatever a stranger sends,
// the answer is a code.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type App, device, newForm, newPerson, startApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { routes } from './sign-up.mts'

for (const mode of ['field', 'user-id'] as const) {
  describe(`with assign: '${mode}'`, () => {
    let app: App
    before(async () => {
      app = await startApp({ plugin: { assign: mode }, provider: true })
    })
    after(() => app.stop())

    const signedUp = async (): Promise<Browser> => {
      const browser = app.browser()
      assert.equal((await browser.send('/sign-up/email', newForm())).status, 200)
      return browser
    }
    const asAdmin = async (): Promise<Browser> => {
      const browser = await signedUp()
      await app.context.internalAdapter.updateUser((await browser.user())?.id ?? '', { role: 'admin' })
      return browser
    }
    const assertNobodyHas = async (identity: string) =>
      assert.deepEqual(
        (await app.users()).filter(({ id, jazzId }) => id === identity || jazzId === identity),
        [],
      )

    for (const { name, signUp } of routes) {
      it(`${name}, with the session of another user`, async () => {
        const victim = device().identity
        for (const body of [{ provedUserId: victim }, { jazzId: victim }, { id: victim }, { user: { id: victim } }]) {
          await signUp(app, await signedUp(), newPerson(), { body, query: { jazzId: victim, provedUserId: victim } })
          await assertNobodyHas(victim)
        }
      })
    }

    for (const [field, code] of [
      ['jazzId', 'IDENTITY_READ_ONLY'],
      ['id', 'IDENTITY_READ_ONLY'],
    ] as const) {
      it(`an admin cannot create a user with ${field}`, async () => {
        const victim = device().identity
        const answer = await (await asAdmin()).send('/admin/create-user', { ...newForm(), data: { [field]: victim } })
        assert.deepEqual([answer.status, answer.code], [400, code])
        await assertNobodyHas(victim)
      })
    }

    it('an admin’s own proof does not go to the user they create', async () => {
      const [admin, own, form] = [await asAdmin(), device(), newForm()]
      admin.proof = own.proof()
      assert.equal(
        (
          await admin.send(
            '/admin/create-user',
            { ...form, proofToken: own.proof() },
            { headers: { 'x-local-first-proof': own.proof() } },
          )
        ).status,
        200,
      )
      assert.ok((await app.users()).some(({ email }) => email === form.email))
      await assertNobodyHas(own.identity)
    })

    it('an admin cannot give, change or take an identity, nor change an ID', async () => {
      const [admin, browser, own] = [await asAdmin(), app.browser(), device()]
      browser.proof = own.proof()
      await browser.send('/sign-up/email', newForm())
      const userId = (await browser.user())?.id
      const victim = device().identity
      for (const [jazzId, code] of [
        [victim, 'IDENTITY_READ_ONLY'],
        [null, 'IDENTITY_READ_ONLY'],
        ['', 'IDENTITY_READ_ONLY'],
      ] as const) {
        const answer = await admin.send('/admin/update-user', { userId, data: { jazzId } })
        assert.deepEqual([answer.status, answer.code], [400, code])
      }
      const { status } = await admin.send('/admin/update-user', { userId, data: { id: victim } })
      assert.equal(status, 400)
      const user = await browser.user()
      assert.deepEqual([user?.id, user?.jazzId], [userId, own.identity])
    })

    it('a user cannot update their identity', async () => {
      const [browser, victim] = [await signedUp(), device().identity]
      const answer = await browser.send('/update-user', { name: 'x', jazzId: victim })
      assert.deepEqual([answer.status, answer.code], [400, 'FIELD_NOT_ALLOWED'])
      for (const body of [
        { name: 'x', jazzId: null },
        { name: 'x', id: victim },
        { name: 'x', data: { jazzId: victim } },
      ]) {
        await browser.send('/update-user', body)
      }
      await browser.send('/change-email', { newEmail: newPerson().email, jazzId: victim })
      await assertNobodyHas(victim)
    })

    it('nor get one through an organisation', async () => {
      const [owner, member, victim] = [await signedUp(), newForm(), device().identity]
      const injected = { jazzId: victim, provedUserId: victim, id: victim }
      const { body } = await owner.send('/organization/create', { name: 'o', slug: member.email, ...injected })
      await owner.send('/organization/invite-member', {
        email: member.email,
        role: 'member',
        organizationId: body?.id,
        ...injected,
      })
      const browser = app.browser()
      await browser.send('/sign-up/email', member)
      const { body: invitations } = await browser
        .fetch(`${app.origin}/api/auth/organization/list-user-invitations`)
        .then(async (response) => ({ body: await response.json() }))
      await browser.send('/organization/accept-invitation', { invitationId: invitations?.[0]?.id, ...injected })
      await assertNobodyHas(victim)
    })

    it('a proof on a plain sign-in attaches nothing', async () => {
      const [form, own, browser] = [newForm(), device(), app.browser()]
      await app.browser().send('/sign-up/email', form)
      const answer = await browser.post(
        '/sign-in/email',
        { ...form, proofToken: own.proof() },
        { 'x-local-first-proof': own.proof() },
      )
      assert.equal(answer.status, 200)
      await assertNobodyHas(own.identity)
    })

    for (const route of routes.filter(({ name }) => !['e-mail', 'username', 'anonymous'].includes(name))) {
      it(`${route.name}: a person with an account signs in again with a proof, and keeps what they had`, async () => {
        const [own, other, person] = [device(), device(), newPerson()]
        // A proof that sets out for a provider or a mailbox is used up, whatever comes back.
        const sendsAgain = !['OAuth redirect', 'magic link'].includes(route.name)
        const again = own.proof()
        for (const proof of sendsAgain ? [own.proof(), again, again, other.proof(), undefined] : [own.proof(), again]) {
          const browser = app.browser()
          browser.proof = proof
          const { status, code } = await route.signUp(app, browser, person)
          assert.deepEqual([status, code], [200, undefined])
          assert.equal((await browser.user())?.jazzId, own.identity)
        }
        await assertNobodyHas(other.identity)
      })
    }
  })
}

describe('whatever a stranger sends', () => {
  let app: App
  before(async () => {
    // The username plugin of Better Auth 1.7 answers 500 to a sign-up without a body.
    app = await startApp({ provider: true, leaveOut: ['username'] })
  })
  after(() => app.stop())

  const tokens: [unknown, string][] = [
    [42, 'malformed'],
    [true, 'malformed'],
    [['x'], 'malformed'],
    [[], 'malformed'],
    [{}, 'malformed'],
    [{ toString: 'x' }, 'malformed'],
    ['x', 'malformed'],
    ['a.b.c', 'malformed'],
    ['\u0000', 'malformed'],
    ['é'.repeat(3000), 'too-long'],
  ]
  const paths: Record<string, object> = {
    '/sign-up/email': newForm(),
    '/sign-in/social': { provider: 'local' },
    '/sign-in/anonymous': {},
    '/sign-in/email-otp': { email: 'a@example.com', otp: '1' },
    '/sign-in/magic-link': { email: 'a@example.com' },
    '/phone-number/verify': { phoneNumber: '+4915100000000', code: '1' },
    '/siwe/verify': { message: 'x', signature: 'x' },
    '/one-tap/callback': { idToken: 'x' },
  }

  for (const [path, body] of Object.entries(paths)) {
    it(`is a 400 with a reason on ${path}`, async () => {
      for (const [proofToken, reason] of tokens) {
        const answer = await app.browser().post(path, { ...body, proofToken })
        assert.deepEqual([answer.status, answer.code, answer.reason], [400, 'INVALID_PROOF', reason])
        assert.deepEqual(Object.keys(answer.body).toSorted(), ['code', 'message', 'reason'])
      }
    })

    it(`that is no form is refused on ${path}, too`, async () => {
      for (const text of [
        '',
        '{',
        'null',
        '[]',
        '7',
        '"x"',
        '{"__proto__":{"jazzId":"x","proofToken":7}}',
        '[{"proofToken":1}]',
      ]) {
        const { status } = await app.browser().post(path, text)
        assert.ok(status < 500, `${text}: ${status}`)
      }
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'x']) {
        const { status } = await app.browser().post(path, 'proofToken=1&proofToken=2', { 'content-type': type })
        assert.ok(status < 500, `${type}: ${status}`)
      }
    })
  }

  it('in the header counts before the body, and twice is once too often', async () => {
    const [own, other] = [device(), device()]
    const headers = { 'x-local-first-proof': own.proof() }
    const answer = await app.browser().post('/sign-up/email', { ...newForm(), proofToken: other.proof() }, headers)
    assert.equal(answer.body.user.jazzId, own.identity)
    const twice = { 'x-local-first-proof': `${own.proof()}, ${own.proof()}` }
    assert.equal((await app.browser().post('/sign-up/email', newForm(), twice)).reason, 'malformed')
  })

  it('in the body is a proof, and nothing that the endpoint sees', async () => {
    const [own, browser, siwe] = [device(), app.browser(), routes.find(({ name }) => name === 'Ethereum')]
    // It refuses a body with a member that it does not know.
    await siwe?.signUp(app, browser, newPerson(), { body: { proofToken: own.proof() } })
    assert.equal((await browser.user())?.jazzId, own.identity)
  })

  it('as a form is a proof, too', async () => {
    const own = device()
    const form = new URLSearchParams({ ...newForm(), proofToken: own.proof() })
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const { status, body } = await app.browser().post('/sign-up/email', form.toString(), type)
    assert.deepEqual([status, body.user.jazzId], [200, own.identity])
  })

  it('in a cookie or the OAuth state is no identity', async () => {
    const victim = device().identity
    for (const query of ['?code=x', '?state=x&code=y', '?error=x', `?state=${victim}`, '']) {
      await app.browser().open(`${app.origin}/api/auth/callback/local${query}`)
      await app.browser().open(`${app.origin}/api/auth/magic-link/verify${query}&token=x`)
    }
    assert.deepEqual(
      (await app.users()).filter(({ jazzId }) => jazzId === victim),
      [],
    )
  })
})

after(() => assert.deepEqual(serverErrors, []))
