// Secrets as Jazz writes them from 2.0.0-alpha.54 on, by the recorded facts of vectors/jazz.json.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, mock } from 'node:test'

import * as addon from 'local-first-identity'
import {
  authSecretStorageKey,
  BrowserAuthSecretStore,
  deriveUserId,
  formatAuthSecret,
  getLocalFirstIdentityProof,
  getLocalFirstToken,
  jazzAccountId,
  MemoryAuthSecretStore,
  parseAuthSecret,
  RecoveryPhrase,
} from 'local-first-identity/client'
import { FileAuthSecretStore } from 'local-first-identity/client/node'

interface Facts {
  secrets: { name: string; bare: string; v1: string; userId: string }[]
  secretForms: { text: string; accepted: boolean; why?: string }[]
  tokens: { secret: string; aud: string; ttl: number; now: number; use: string; token: string }[]
  storeKeys: { scope: { appId?: string; profile?: string }; key: string }[]
  oldStoreKeys: { scope: { appId?: string; userId?: string }; key: string }[]
  accountIds: { appId: string; sub: string; accountId: string }[]
  phrases: { name: string; v1: string; phrase: string }[]
}
const facts: Facts = JSON.parse(readFileSync(new URL('../../vectors/jazz.json', import.meta.url), 'utf8'))

const refused = { name: 'TypeError', message: 'secret must be 32 bytes as 43 characters of base64url without padding' }

describe('a secret in both spellings', () => {
  for (const { name, bare, v1, userId } of facts.secrets) {
    it(`is one identity: ${name}`, () => {
      for (const secret of [bare, v1]) {
        assert.equal(deriveUserId(secret), userId)
        assert.equal(addon.deriveUserId(secret), userId)
        assert.equal(parseAuthSecret(secret), bare)
        assert.equal(formatAuthSecret(secret), v1)
      }
    })
  }

  // Jazz refuses a bare secret, which is ours by default.
  for (const { text, accepted, why = 'as it is' } of facts.secretForms.filter(({ why }) => why !== 'no prefix')) {
    it(`${accepted ? 'is accepted' : 'is refused'}: ${why}`, async () => {
      const uses: ((secret: string) => unknown)[] = [
        deriveUserId,
        parseAuthSecret,
        formatAuthSecret,
        addon.deriveUserId,
        (secret) => addon.mintLocalFirstToken(secret, 'x', 60),
        (secret) => getLocalFirstIdentityProof({ secret, audience: 'x' }),
        (secret) => getLocalFirstToken({ secret, appId: 'x' }),
      ]
      for (const use of uses) {
        if (accepted) assert.doesNotThrow(() => use(text))
        else assert.throws(() => use(text), refused)
      }
      if (!accepted) await assert.rejects(new MemoryAuthSecretStore().saveSecret(text), refused)
      if (!accepted) assert.throws(() => RecoveryPhrase.fromSecret(text), { code: 'invalid-secret' })
    })
  }

  for (const { secret, aud, ttl, now, use, token } of facts.tokens) {
    it(`gives the recorded token: ${use}`, () => {
      assert.equal(addon.mintLocalFirstToken(secret, aud, ttl, { now }), token)
      mock.timers.enable({ apis: ['Date'], now: now * 1000 })
      try {
        assert.equal(getLocalFirstIdentityProof({ secret, audience: aud, ttlSeconds: ttl }), token)
        assert.equal(getLocalFirstToken({ secret, appId: aud, ttlSeconds: ttl }), token)
      } finally {
        mock.timers.reset()
      }
    })
  }

  for (const { name, v1, phrase } of facts.phrases) {
    it(`has one phrase: ${name}`, () => {
      assert.equal(RecoveryPhrase.fromSecret(v1), phrase)
      assert.equal(formatAuthSecret(RecoveryPhrase.toSecret(phrase)), v1)
    })
  }
})

describe('the account of an identity in Jazz', () => {
  for (const { appId, sub, accountId } of facts.accountIds) {
    it(`is the recorded one: ${appId}, ${sub}`, () => {
      assert.equal(jazzAccountId(appId, sub), accountId)
      assert.equal(addon.jazzAccountId(appId, sub), accountId)
    })
  }

  const { userId } = facts.secrets[0] ?? assert.fail()
  for (const [args, message] of [
    [[7, userId], 'appId must be a string'],
    [['', userId], 'appId must not be empty'],
    [['\ud800', userId], 'appId must not contain lone surrogates'],
    [['my-app', undefined], 'userId must be a string'],
    [['my-app', ''], 'userId must be a UUID in lower case, with hyphens'],
    [['my-app', userId.toUpperCase()], 'userId must be a UUID in lower case, with hyphens'],
    [['my-app', userId.replaceAll('-', '')], 'userId must be a UUID in lower case, with hyphens'],
    [['my-app', ` ${userId}`], 'userId must be a UUID in lower case, with hyphens'],
  ] as [[never, never], string][]) {
    it(`names the argument: ${message}`, () => {
      for (const derive of [jazzAccountId, addon.jazzAccountId]) {
        assert.throws(() => derive(...args), { name: 'TypeError', message })
      }
    })
  }
})

describe('the key of a secret in localStorage', () => {
  for (const { scope, key } of facts.storeKeys) {
    it(`is the recorded one, for Jazz from alpha.54 on: ${JSON.stringify(scope)}`, () => {
      assert.equal(authSecretStorageKey({ ...scope, layout: 'jazz-54' }), key)
    })
  }
  // A session ID is not part of a scope here.
  for (const { scope, key } of facts.oldStoreKeys.filter(({ scope }) => !('sessionId' in scope))) {
    it(`is the recorded one, for an older Jazz: ${JSON.stringify(scope)}`, () => {
      assert.equal(authSecretStorageKey(scope), key)
    })
  }

  for (const [scope, message] of [
    [{ layout: 'jazz-53' }, "`layout` must be 'jazz-54'"],
    [{ profile: 'x' }, "`profile` needs `layout: 'jazz-54'`"],
    [{ layout: 'jazz-54', appId: 'x', userId: 'y' }, "`userId` is not part of `layout: 'jazz-54'`: give a `profile`"],
    [{ layout: 'jazz-54', appId: 7 }, '`appId` must be a string'],
    [{ layout: 'jazz-54', profile: '\ud800' }, '`profile` must not contain lone surrogates'],
    [{ layout: 'jazz-54', profil: 'x' }, 'there is no option `profil`; did you mean `profile`?'],
  ] as const) {
    it(`names the option: ${message}`, () => {
      for (const [name, use] of [
        ['authSecretStorageKey', () => authSecretStorageKey(scope as never)],
        ['BrowserAuthSecretStore', () => new BrowserAuthSecretStore(scope as never)],
      ] as const)
        assert.throws(use, { name: 'TypeError', message: `${name}: ${message}` })
    })
  }
})

describe('a store', () => {
  const [{ bare, v1 } = assert.fail()] = facts.secrets.slice(1)

  it('keeps the bare secret, in whichever spelling it is saved, and compares both', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    try {
      for (const store of [new MemoryAuthSecretStore(), new FileAuthSecretStore(join(folder, 'secret'))]) {
        const heard: (string | null)[] = []
        store.subscribe((secret) => void heard.push(secret))
        await store.saveSecret(v1)
        assert.equal(await store.loadSecret(), bare)
        assert.equal(await store.getOrCreateSecret(), bare)
        await new Promise((resolve) => setImmediate(resolve))
        assert.deepEqual(heard, [bare])
      }
      const memory = new MemoryAuthSecretStore()
      await memory.saveSecret(bare)
      assert.equal(await memory.compareAndClear(v1), true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('reads a file that another program has written with the prefix', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    try {
      writeFileSync(join(folder, 'secret'), `${v1}\n`, { mode: 0o600 })
      assert.equal(await new FileAuthSecretStore(join(folder, 'secret')).loadSecret(), bare)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
