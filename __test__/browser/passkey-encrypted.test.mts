// Backups that are encrypted in a passkey's large blob.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { deriveUserId, generateAuthSecret } from 'local-first-identity/client'

import { type Given, inEachBrowser } from './in-each-browser.mts'
import { both, bytesOf, call, changeResults, newDevice } from './passkey-pages.mts'
import type { Tab } from './test-browser.mts'

const uuidBytes = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')

const tests = ({ serve }: Given) => {
  const newTab = serve()
  const clearEverything = (tab: Tab) =>
    tab.evaluate(async () => {
      localStorage.clear()
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '')
    })

  it('encrypts the secret where the authenticator can, and restores it after everything else is gone', async () => {
    const { tab, authenticator } = await newDevice(newTab, both)
    const secret = generateAuthSecret()
    assert.deepEqual(await call(tab, 'backup', [secret, 'Ada']), { value: 'prf' })
    const [credential, ...others] = await authenticator.credentials()
    assert.deepEqual(others, [])
    assert.deepEqual([credential?.userName, credential?.userDisplayName], ['Ada', 'Ada'])
    const handle = credential?.userHandle ?? assert.fail()
    assert.deepEqual(handle.subarray(0, 20), Buffer.concat([Buffer.from('lfi1'), uuidBytes(deriveUserId(secret))]))
    assert.deepEqual([handle.length, credential?.largeBlob?.length], [28, 60])
    assert.ok(!credential?.largeBlob?.includes(bytesOf(secret).subarray(0, 4)))
    await clearEverything(tab)
    await tab.reload()
    assert.deepEqual(await call(tab, 'restore'), { value: secret })
    await tab.profile.close()
  })

  it('does not encrypt under what is no key', async () => {
    for (const change of [
      'if (prf) prf.results = { first: new ArrayBuffer(0) }',
      'if (prf) prf.results = { first: new ArrayBuffer(31) }',
      'if (prf) prf.enabled = false',
      'if (largeBlob) largeBlob.supported = false',
      'if (largeBlob) largeBlob.written = false',
    ]) {
      const { tab, authenticator } = await newDevice(newTab, both)
      await changeResults(tab, change)
      const secret = generateAuthSecret()
      assert.deepEqual(await call(tab, 'backup', [secret, 'Ada']), { value: 'user-handle' }, change)
      const credentials = await authenticator.credentials()
      assert.deepEqual(
        credentials.map(({ userHandle }) => userHandle),
        [bytesOf(secret)],
      )
      await tab.profile.close()
    }
  })

  it('asks a second time for the output of an authenticator that gives none when the passkey is made', async () => {
    const { tab } = await newDevice(newTab, both)
    await changeResults(tab, 'if (prf?.enabled !== undefined) delete prf.results')
    const secret = generateAuthSecret()
    assert.deepEqual(await call(tab, 'backup', [secret, 'Ada']), { value: 'prf' })
    assert.deepEqual(await call(tab, 'restore'), { value: secret })
    await tab.profile.close()
  })

  it('leaves neither half a backup nor the older one undone where the person gives up halfway', async () => {
    const { tab, authenticator } = await newDevice(newTab, both)
    const secret = generateAuthSecret()
    await call(tab, 'backup', [secret, 'Ada'])
    const before = await authenticator.credentials()
    await tab.evaluate(() => {
      const get = CredentialsContainer.prototype.get
      CredentialsContainer.prototype.get = async () => {
        CredentialsContainer.prototype.get = get
        throw new DOMException('', 'NotAllowedError')
      }
    })
    const given = await call(tab, 'backup', [secret, 'Ada'])
    assert.deepEqual(given, { code: 'cancelled', cause: 'NotAllowedError' })
    assert.deepEqual(await authenticator.credentials(), before)
    assert.deepEqual(await call(tab, 'restore'), { value: secret })
    await tab.profile.close()
  })

  it('does not take a secret for another identity than the passkey was made for', async () => {
    const { tab } = await newDevice(newTab, both)
    await tab.evaluate(() => {
      const { encrypt } = SubtleCrypto.prototype
      SubtleCrypto.prototype.encrypt = function (algorithm, key) {
        return encrypt.call(this, algorithm, key, new Uint8Array(32).fill(7))
      }
    })
    assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), { value: 'prf' })
    assert.deepEqual(await call(tab, 'restore'), { code: 'invalid-credential', cause: null })
    await tab.profile.close()
  })

  it('does not take for a secret what was changed', async () => {
    const secret = generateAuthSecret()
    const foreign = { code: 'invalid-credential', cause: null }
    const { tab, authenticator } = await newDevice(newTab, both)
    await call(tab, 'backup', [secret, 'Ada'])
    for (const [change, expected] of [
      ['delete largeBlob.blob', foreign],
      ['new Uint8Array(largeBlob.blob)[20] ^= 1', { code: 'invalid-credential', cause: 'OperationError' }],
      ['new Uint8Array(prf.results.first)[0] ^= 1', { code: 'invalid-credential', cause: 'OperationError' }],
      ['prf.results.first = prf.results.first.slice(1)', { code: 'not-supported', cause: null }],
      ['delete prf.results', { code: 'not-supported', cause: null }],
    ] as const) {
      await tab.reload()
      await changeResults(tab, change)
      assert.deepEqual(await call(tab, 'restore'), expected, change)
    }
    assert.equal((await authenticator.credentials()).length, 1)
    await tab.profile.close()
  })
}

inEachBrowser('BrowserPasskeyBackup, encrypted,', tests, ({ noLargeBlob }) => noLargeBlob)
