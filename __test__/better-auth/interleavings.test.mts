// Requests that race for one identity, in every order of their statements with a few preemptions; and a fault at every
// statement. Whatever happens: one account has the identity at most, no proof passes twice, and its owner is not locked out.

import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'

import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { anonymous, bearer, emailOTP } from 'better-auth/plugins'
import { localFirstIdentity } from 'local-first-identity/better-auth'

import { audience, device, newPerson } from './app.mts'
import { explore, failAt, failures, steppedSqlite } from './steps.mts'

const PREEMPTIONS = Number(process.env.PREEMPTIONS ?? 2)

async function openApp(transaction: boolean) {
  const { dialect, steps } = steppedSqlite()
  const mail = new Map<string, string>()
  const auth = betterAuth({
    baseURL: 'http://localhost:1',
    secret: 'a secret of this test alone, of 32 letters and more',
    logger: { disabled: true },
    telemetry: { enabled: false },
    database: { dialect, type: 'sqlite', transaction },
    plugins: [
      localFirstIdentity({ audience }),
      anonymous({ disableDeleteAnonymousUser: true }),
      bearer(),
      emailOTP({ sendVerificationOTP: async ({ email, otp }) => void mail.set(email, otp) }),
    ],
  })
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
  const { internalAdapter, adapter } = await auth.$context

  /** Someone with a session; anonymous, with an identity, or an account without one. */
  async function person(identity?: string) {
    const own = { email: newPerson().email, name: 'x', ...(identity && { isAnonymous: true, jazzId: identity }) }
    const user = await internalAdapter.createUser(own, { method: 'admin' })
    const { token } = await internalAdapter.createSession(user.id)
    return { id: user.id, headers: new Headers({ authorization: `Bearer ${token}` }) }
  }
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      (error: { body?: { code?: string }; message: string }) => error.body?.code ?? error.message,
    )
  return {
    steps,
    person,
    link: ({ headers }: { headers: Headers }, proofToken: string) =>
      codeOf(auth.api.linkLocalFirstIdentity({ headers, body: { proofToken } })),
    /** A sign-up that creates a user in one request. */
    async otpSignUp(proof: () => string) {
      const { email } = newPerson()
      await auth.api.sendVerificationOTP({ body: { email, type: 'sign-in' } })
      const otp = mail.get(email) ?? assert.fail()
      return (proofToken = proof()) => codeOf(auth.api.signInEmailOTP({ body: { email, otp, proofToken } as never }))
    },
    owners: async (identity: string) =>
      (await adapter.findMany<{ id: string }>({ model: 'user', where: [{ field: 'jazzId', value: identity }] })).map(
        ({ id }) => id,
      ),
  }
}
type App = Awaited<ReturnType<typeof openApp>>
type Own = ReturnType<typeof device>
type Task = () => Promise<string>

/** Races for one identity, of whose requests one may succeed. */
const races: Record<string, (app: App, own: Own) => Promise<Task[]>> = {
  async 'two accounts link one identity, each with a proof'(app, { proof }) {
    const [one, other] = [await app.person(), await app.person()]
    return [() => app.link(one, proof()), () => app.link(other, proof())]
  },
  async 'two accounts link with one proof'(app, { proof }) {
    const [one, other, same] = [await app.person(), await app.person(), proof()]
    return [() => app.link(one, same), () => app.link(other, same)]
  },
  async 'two accounts take the identity of an anonymous user'(app, { identity, proof }) {
    await app.person(identity)
    const [one, other] = [await app.person(), await app.person()]
    return [() => app.link(one, proof()), () => app.link(other, proof())]
  },
  async 'a sign-up and an account take the identity of an anonymous user'(app, { identity, proof }) {
    await app.person(identity)
    const [account, signUp] = [await app.person(), await app.otpSignUp(proof)]
    return [signUp, () => app.link(account, proof())]
  },
  async 'two sign-ups with proofs of one identity'(app, { proof }) {
    return [await app.otpSignUp(proof), await app.otpSignUp(proof)]
  },
  async 'two sign-ups with one proof'(app, { proof }) {
    const same = proof()
    return [await app.otpSignUp(() => same), await app.otpSignUp(() => same)]
  },
}

const REFUSALS = ['IDENTITY_ALREADY_LINKED', 'PROOF_ALREADY_USED', 'FAILED_TO_CREATE_USER']

for (const transaction of [true, false]) {
  describe(`with${transaction ? '' : 'out'} transactions`, () => {
    let app: App
    before(async () => {
      app = await openApp(transaction)
    })
    after(() => mock.timers.reset())

    for (const [name, race] of Object.entries(races)) {
      it(`${name}: one of them`, async (t) => {
        const orders = await explore(app.steps, PREEMPTIONS, async () => {
          const own = device()
          const check = async (answers: string[], order: string) => {
            const message = `${order}: ${answers}`
            assert.equal(answers.filter((answer) => answer === 'ok').length, 1, message)
            assert.ok(
              answers.every((answer) => answer === 'ok' || REFUSALS.includes(answer)),
              message,
            )
            assert.equal((await app.owners(own.identity)).length, 1, message)
          }
          return { tasks: await race(app, own), check }
        })
        t.diagnostic(`${orders} orders of at most ${PREEMPTIONS} preemptions`)
        assert.ok(orders > 1)
      })
    }

    it('an account links two identities at once: it has one of them', async (t) => {
      const orders = await explore(app.steps, PREEMPTIONS, async () => {
        const [one, other, account] = [device(), device(), await app.person()]
        const tasks = [one, other].map(
          ({ proof }) =>
            () =>
              app.link(account, proof()),
        )
        const check = async (answers: string[], order: string) => {
          assert.deepEqual(answers.toSorted(), ['USER_HAS_ANOTHER_IDENTITY', 'ok'], order)
          const winner = answers[0] === 'ok' ? one : other
          assert.deepEqual(await app.owners(winner.identity), [account.id], order)
          assert.deepEqual(await app.owners((winner === one ? other : one).identity), [], order)
        }
        return { tasks, check }
      })
      t.diagnostic(`${orders} orders of at most ${PREEMPTIONS} preemptions`)
      assert.ok(orders > 1)
    })

    /** What one request does, and who had the identity before. */
    const requests: Record<string, (own: Own) => Promise<{ task: Task; former: string | undefined }>> = {
      async 'an account links'({ proof }) {
        const account = await app.person()
        return { task: () => app.link(account, proof()), former: undefined }
      },
      async 'an account takes the identity of an anonymous user'({ identity, proof }) {
        const [{ id: former }, account] = [await app.person(identity), await app.person()]
        return { task: () => app.link(account, proof()), former }
      },
      async 'a sign-up'({ proof }) {
        return { task: await app.otpSignUp(proof), former: undefined }
      },
      async 'a sign-up takes the identity of an anonymous user'({ identity, proof }) {
        const { id: former } = await app.person(identity)
        return { task: await app.otpSignUp(proof), former }
      },
    }

    for (const [name, request] of Object.entries(requests)) {
      for (const failure of failures) {
        it(`${name}, a fault at each statement, ${failure}: no one is locked out`, async (t) => {
          let number = 0
          for (let goesOn = true; goesOn; number++) {
            const own = device()
            const { task, former } = await request(own)
            const { answer, failed } = await failAt(app.steps, number, failure, task)
            goesOn = failed
            const message = `statement ${number}: ${answer}`
            const [owner, ...more] = await app.owners(own.identity)
            assert.deepEqual(more, [], message)
            // The old state or the new one. Without transactions no one may have it for a while, and no stranger has.
            if (transaction && former && !owner) assert.fail(`${message}: the identity is lost`)
            mock.timers.enable({ apis: ['Date'], now: Date.now() + 11_000 })
            const account = await app.person()
            const again = await app.link(account, own.proof(120))
            mock.timers.reset()
            const owned = owner !== undefined && owner !== former
            assert.equal(again, owned ? 'IDENTITY_ALREADY_LINKED' : 'ok', message)
          }
          t.diagnostic(`${number - 1} statements`)
          assert.ok(number > 5)
        })
      }
    }
  })
}
