// Every way of signing up, on every database, in both modes: the identity is kept, once, and by proof alone.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type App, device, newPerson, startApp } from './app.mts'
import { type Browser, serverErrors } from './browser.mts'
import { type Database, databases, serialDatabases, uuidDatabases } from './databases.mts'
import { type Attack, type Route, routes } from './sign-up.mts'

type Mode = 'field' | 'user-id'

/** Whether somebody is signed in here, with this identity, and in the second mode under it. */
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

const cells = {
  'identity kept': keepsIdentity,
  'replay refused': refusesReplay,
  'taken identity refused': refusesTaken,
  'retry after failure': allowsRetry,
  'injection refused': refusesInjection,
}

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
      for (const [name, check] of Object.entries(cells)) {
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

for (const database of [...databases, ...uuidDatabases])
  for (const mode of ['field', 'user-id'] as const) matrix(database, mode)
for (const database of serialDatabases) matrix(database, 'field')

after(() => assert.deepEqual(serverErrors, []))
