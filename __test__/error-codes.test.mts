// Every error that an app can catch has a stable `code`.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Hono } from 'hono'
import { deriveUserId, mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'
import { localFirstIdentity } from 'local-first-identity/better-auth'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'
import * as client from 'local-first-identity/client'
import * as forExpress from 'local-first-identity/express'
import * as forFastify from 'local-first-identity/fastify'
import * as forHono from 'local-first-identity/hono'
import { memoryStore, oneTimeProof, postgresStore, redisStore, sqliteStore } from 'local-first-identity/stores'
import { badProof, createClock, identities, proofFor } from 'local-first-identity/testing'

const { identityProof, requireAccount, requireAuthMode, session } = forExpress
const root = fileURLToPath(new URL('..', import.meta.url))
const audience = 'my-app-signup'
const { secret } = identities.alice
const TYPE = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
const RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }

describe('the code of a wrong argument', () => {
  const mint = (options: object) => () => client.getLocalFirstIdentityProof({ secret, audience, ...options })
  const calls: [string, () => unknown, { name: string; code: string }][] = [
    ['the addon: a type', () => verifyLocalFirstIdentityProof('', 7 as never), TYPE],
    ['the addon: a value', () => verifyLocalFirstIdentityProof('', ''), VALUE],
    ['the addon: a range', () => mintLocalFirstToken(secret, audience, 0), RANGE],
    ['the addon: a secret', () => deriveUserId('x'), VALUE],
    ['the client: options', () => client.getLocalFirstIdentityProof(undefined as never), TYPE],
    ['the client: an unknown option', mint({ ttl: 60 }), VALUE],
    ['the client: a secret of another type', mint({ secret: 7 }), TYPE],
    ['the client: a secret', mint({ secret: 'x' }), VALUE],
    ['the client: an audience of another type', mint({ audience: 7 }), TYPE],
    ['the client: an audience', mint({ audience: '' }), VALUE],
    ['the client: a lifetime of another type', mint({ ttlSeconds: '60' }), TYPE],
    ['the client: a lifetime', mint({ ttlSeconds: 0 }), RANGE],
    ['the client: a phrase', () => client.RecoveryPhrase.toSecret(7 as never), TYPE],
    ['the client: a scope', () => new client.BrowserAuthSecretStore({ userId: 'x' }), VALUE],
    ['the client: Better Auth’s', () => localFirstIdentityClient({ getProof: 7 as never }), TYPE],
    ['the plugin', () => localFirstIdentity({ audience, assign: 'id' as never }), VALUE],
    ['identityProof', () => identityProof({ audience, maxTtlSeconds: 3_601 }), RANGE],
    ['identityProof: useProof', () => identityProof({ audience, useProof: 1 as never }), TYPE],
    ['session', () => session({}), VALUE],
    ['requireAuthMode', () => requireAuthMode(), VALUE],
    ['memoryStore', () => memoryStore({ maxEntries: 0 }), RANGE],
    ['redisStore', () => redisStore({} as never), TYPE],
    ['postgresStore', () => postgresStore({} as never), TYPE],
    ['sqliteStore', () => sqliteStore({} as never), TYPE],
    ['oneTimeProof', () => oneTimeProof({} as never), VALUE],
    ['testing: a code', () => badProof('none' as never, audience), VALUE],
    ['testing: a clock', () => createClock(-1), RANGE],
  ]
  for (const [name, call, expected] of calls) it(name, () => assert.throws(call, expected))

  it('a key of a store', () => assert.rejects(memoryStore().get(''), VALUE))
  it('a lifetime in a store', () => assert.rejects(memoryStore().create('x', '', 0), RANGE))
})

describe('the code of a fault', () => {
  it('ERR_NO_SESSION', async () => {
    const codes: unknown[] = []
    await requireAccount()(
      { headers: {} } as never,
      {} as never,
      (error) => void codes.push((error as { code: string }).code),
    )
    assert.deepEqual(codes, ['ERR_NO_SESSION'])
  })

  for (const [framework, { proofOf, sessionOf }] of [
    ['Express', forExpress],
    ['Fastify', forFastify],
  ] as const) {
    it(`ERR_NO_PROOF and ERR_NO_SESSION, ${framework}`, () => {
      const [request, proof] = [{} as never, { ok: true, id: 'x' } as never]
      assert.throws(() => proofOf(request), { name: 'Error', code: 'ERR_NO_PROOF' })
      assert.throws(() => sessionOf(request), { name: 'Error', code: 'ERR_NO_SESSION' })
      // What another middleware has put there is no session.
      assert.throws(() => sessionOf({ auth: { userId: 'x' } } as never), { code: 'ERR_NO_SESSION' })
      assert.equal(proofOf({ identityProof: proof } as never), proof)
    })
  }

  it('ERR_BODY_USED', async () => {
    const codes: unknown[] = []
    const app = new Hono()
      .use(async (c, next) => {
        await c.req.raw.text()
        await next()
      })
      .use(forHono.identityProof({ audience }))
      .onError((error, c) => {
        codes.push((error as unknown as { code: string }).code)
        return c.body(null, 500)
      })
    await app.request('/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    assert.deepEqual(codes, ['ERR_BODY_USED'])
  })

  it('ERR_NO_PROOF_LEFT', () => {
    const mintAll = () => Array.from({ length: 100 }, () => proofFor('all-of-them', { ttlSeconds: 60 }))
    assert.throws(mintAll, { name: 'Error', code: 'ERR_NO_PROOF_LEFT' })
  })

  it('ERR_STORE', async () => {
    const store = memoryStore({ maxEntries: 1 })
    await store.create('one', '', 60)
    await assert.rejects(store.create('two', '', 60), { name: 'StoreError', code: 'ERR_STORE' })
  })
})

/** What becomes the `cause` of an error that has a code. */
const CAUSES = new Set([
  'client/node/file-store.mts',
  'client/secrets/browser-store.mts',
  'client/secrets/database.mts',
  'stores/answers.mts',
  'stores/postgres.mts',
  'stores/redis.mts',
  'stores/store.mts',
])

it('no published source throws an error without a code', () => {
  const bare = ['client', 'common', 'jazz', 'server', 'integrations', 'stores', 'testing']
    .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.mts') && path !== 'common/errors.mts')
    .filter((path) => /new (?:Error|TypeError|RangeError)\(/.test(readFileSync(root + path, 'utf8')))
  assert.deepEqual(
    bare.filter((path) => !CAUSES.has(path)),
    [],
  )
})
