// Every way of signing up, on every database, in both modes. Only a proof gives an identity, and only once.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type App, anonymousWith, device, newForm, newPerson, type Person, startApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { type Database, databases, ormDatabases, serialDatabases, uuidDatabases } from './databases.mts'
import { type Attack, type Route, routes } from './sign-up.mts'

type Mode = 'field' | 'user-id'

/** Whether someone is signed in here, with this identity, and in the second mode under it. */
async function assertKept(browser: Browser, identity: string, mode: Mode): Promise<string> {
  const user = await browser.user()
  assert.equal(user?.jazzId, identity)
  if (mode === 'user-id') assert.equal(user.id, identity)
  return user.id
}

const owners = async (app: App, identity: string) =>
  (await app.users()).filter(({ id, jazzId }) => id === identity || jazzId === identity)

async function keepsIdentity(app: App, route: Route, mode: Mode): Promise<void> {
  const [browser, own] = [app.browser(), device()]
  browser.proof = own.proof()
  const { status, code } = await route.signUp(app, browser, newPerson())
  assert.deepEqual([status, code], [200, undefined])
  await assertKept(browser, own.identity, mode)
}

/** The strongest replay: nothing is left of the first use but the memory of the proof. */
async function refusesReplay(app: App, route: Route, mode: Mode): Promise<void> {
  const [browser, own, thief] = [app.browser(), device(), app.browser()]
  browser.proof = own.proof()
  await route.signUp(app, browser, newPerson())
  await app.context.internalAdapter.deleteUser(await assertKept(browser, own.identity, mode))
  thief.proof = browser.proof
  const { code } = await route.signUp(app, thief, newPerson())
  assert.equal(code, 'PROOF_ALREADY_USED')
  assert.deepEqual(await owners(app, own.identity), [])
}

async function refusesTaken(app: App, route: Route, mode: Mode): Promise<void> {
  const [first, second, own] = [app.browser(), app.browser(), device()]
  first.proof = own.proof()
  await route.signUp(app, first, newPerson())
  const id = await assertKept(first, own.identity, mode)
  const count = (await app.users()).length
  second.proof = own.proof()
  const { code } = await route.signUp(app, second, newPerson())
  assert.equal(code, 'IDENTITY_ALREADY_LINKED')
  assert.equal(await second.user(), null)
  assert.equal((await app.users()).length, count)
  assert.deepEqual(
    (await owners(app, own.identity)).map((user) => user.id),
    [id],
  )
}

/** The same proof, after another reason to be refused. */
async function allowsRetry(app: App, route: Route, mode: Mode): Promise<void> {
  const [browser, own, person] = [app.browser(), device(), newPerson()]
  browser.proof = own.proof()
  const refused = await route.fail(app, browser, person)
  assert.ok(refused.status >= 400 && refused.status < 500, String(refused.status))
  const { status, code } = await route.signUp(app, browser, person)
  assert.deepEqual([status, code], [200, undefined])
  await assertKept(browser, own.identity, mode)
}

/** What an attacker may write a victim's identity into. */
const attacks = (victim: string): Attack[] => [
  { body: { provedUserId: victim } },
  { body: { jazzId: victim } },
  { body: { id: victim, userId: victim, sub: victim } },
  { body: { user: { id: victim, jazzId: victim }, data: { id: victim, jazzId: victim } } },
  { body: { serverContext: { localFirstIdentity: victim }, metadata: { localFirstIdentity: victim } } },
  { body: { additionalData: { localFirstIdentity: victim, serverContext: { localFirstIdentity: victim } } } },
  { body: { context: { body: { provedUserId: victim } }, flow: { identity: victim }, identity: victim } },
  { query: { provedUserId: victim, jazzId: victim, id: victim, localFirstIdentity: victim } },
  { headers: { 'x-jazz-id': victim, 'x-user-id': victim, cookie: `better-auth.local_first_identity_mail=${victim}` } },
  { headers: { 'x-local-first-proof': victim } },
  { body: { proofToken: victim } },
  { body: { proofToken: { identity: victim, ok: true, id: victim } } },
]

async function refusesInjection(app: App, route: Route): Promise<void> {
  const victim = device().identity
  for (const attack of attacks(victim)) {
    const browser = app.browser()
    const { status } = await route.signUp(app, browser, newPerson(), attack)
    assert.ok(status < 500, JSON.stringify(attack))
    assert.deepEqual(await owners(app, victim), [], JSON.stringify(attack))
  }
}

/** An anonymous user with an identity, in whose browser someone signs up who has no proof. */
async function staysWithoutProof(app: App, route: Route, mode: Mode): Promise<void> {
  const own = device()
  const browser = await anonymousWith(app, own)
  const person = newPerson()
  await route.signUp(app, browser, person)
  await assertNobodyElseHas(app, own.identity, mode)
}

/** An admin acts as that user and signs up: without a proof, and with one of their own. */
async function staysWhileImpersonated(app: App, route: Route, mode: Mode): Promise<void> {
  const own = device()
  const browser = await anonymousWith(app, own)
  const [admin, form, others] = [app.browser(), newForm(), device()]
  await admin.send('/sign-up/email', form)
  await app.context.internalAdapter.updateUser((await admin.user())?.id ?? assert.fail(), { role: 'admin' })
  const userId = (await browser.user())?.id
  assert.equal((await admin.send('/admin/impersonate-user', { userId })).status, 200)
  admin.proof = others.proof()
  assert.equal((await route.signUp(app, admin, newPerson())).code, 'IDENTITY_READ_ONLY')
  admin.proof = undefined
  await route.signUp(app, admin, newPerson())
  await assertNobodyElseHas(app, own.identity, mode)
  assert.deepEqual(await owners(app, others.identity), [])
}

/** That user opens a stranger's link. The stranger has asked for it with a proof of their own. */
async function staysBehindForeignLink(app: App, route: Route, mode: Mode): Promise<void> {
  const own = device()
  const browser = await anonymousWith(app, own)
  const [stranger, person, theirs] = [app.browser(), newPerson(), device()]
  stranger.proof = theirs.proof()
  await browser.open(await linkFor(app, route, stranger, person))
  await assertNobodyElseHas(app, own.identity, mode)
  assert.deepEqual(await owners(app, theirs.identity), [])
  const { error } = await browser.client.localFirstIdentity.link({ proofToken: device().proof() })
  // Signed in by a link of the stranger's, or still the anonymous user, who has an identity.
  const codes: (string | undefined)[] = ['SESSION_FROM_FOREIGN_LINK', 'USER_HAS_ANOTHER_IDENTITY']
  assert.ok(codes.includes(error?.code), String(error?.code))
}

/** Only an anonymous user has the identity, or no one: its owner gets it by a proof. */
async function assertNobodyElseHas(app: App, identity: string, mode: Mode): Promise<void> {
  const [owner, ...more] = await owners(app, identity)
  assert.deepEqual(more, [])
  assert.equal(owner?.isAnonymous ?? true, true)
  if (owner && mode === 'user-id') assert.equal(owner.id, identity)
}

/** An address that a stranger can send: the link of a mail, or the callback of an OAuth journey. */
async function linkFor(app: App, route: Route, stranger: Browser, { email, name }: Person): Promise<string> {
  if (route.name === 'magic link') {
    await stranger.send('/sign-in/magic-link', { email, name })
    return app.mailbox.take(email)
  }
  const answer = await stranger.send('/sign-in/social', { provider: 'local', loginHint: email })
  return (await stranger.open(answer.body.url, `${app.origin}/api/auth/callback/`)).href
}

type Cell = (app: App, route: Route, mode: Mode) => Promise<void>
const cells: Record<string, Cell> = {
  'identity kept': keepsIdentity,
  'replay refused': refusesReplay,
  'taken identity refused': refusesTaken,
  'retry after failure': allowsRetry,
  'injection refused': refusesInjection,
  'not moved without a proof': staysWithoutProof,
  'not while impersonated': staysWhileImpersonated,
  'not by a foreign link': staysBehindForeignLink,
}
const hasLink = ({ name }: Route) => name === 'magic link' || name === 'OAuth redirect'
const cellsOf = (route: Route) =>
  Object.entries(cells).filter(([name]) => name !== 'not by a foreign link' || hasLink(route))

/** Prints what was seen of each route. */
function print(title: string, seen: Map<string, Record<string, string>>): void {
  const names = Object.keys(cells)
  const line = (first: string, rest: string[]) =>
    `  ${first.padEnd(15)}${rest.map((text, index) => text.padEnd((names[index]?.length ?? 0) + 2)).join('')}`.trimEnd()
  const rows = Array.from(seen, ([route, row]) =>
    line(
      route,
      names.map((name) => row[name] ?? '-'),
    ),
  )
  console.log([title, line('', names), ...rows].join('\n'))
}

function matrix(database: Database, mode: Mode): void {
  describe(`${database.name}, assign: '${mode}'`, { skip: database.skip }, () => {
    let app: App
    const seen = new Map<string, Record<string, string>>()

    before(async () => {
      app = await startApp({ database, plugin: { assign: mode }, provider: true })
    })
    after(async () => {
      await app.stop()
      print(`${database.name}, assign: '${mode}'`, seen)
    })

    for (const route of routes) {
      for (const [name, check] of cellsOf(route)) {
        it(`${route.name}: ${name}`, async () => {
          const row = seen.get(route.name) ?? {}
          seen.set(route.name, Object.assign(row, { [name]: 'NO' }))
          await check(app, route, mode)
          row[name] = 'yes'
        })
      }
    }
  })
}

for (const database of [...databases, ...uuidDatabases, ...ormDatabases])
  for (const mode of ['field', 'user-id'] as const) matrix(database, mode)
for (const database of serialDatabases) matrix(database, 'field')

after(() => assert.deepEqual(serverErrors, []))
