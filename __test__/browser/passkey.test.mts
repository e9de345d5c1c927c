// Passkeys, with the authenticators that the DevTools protocol has.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  BrowserPasskeyBackup,
  type BrowserPasskeyBackupOptions,
  deriveUserId,
  generateAuthSecret,
} from 'local-first-identity/client'
import type { Browser, Page } from 'playwright-core'

import { Authenticator } from './authenticator.mts'
import { launchChromium, noChromium } from './chromium.mts'
import { type Site, startSite } from './site.mts'
import type { AuthenticatorOptions } from './test-browser.mts'

const bytesOf = (secret: string) => Buffer.from(secret, 'base64url')
const uuidBytes = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const options = { appName: 'An app' }

type Called = { value: string } | { code: string; cause: string | undefined }

describe('BrowserPasskeyBackup', { skip: noChromium, timeout: 120_000 }, () => {
  let browser: Browser
  let site: Site
  before(async () => {
    ;[browser, site] = await Promise.all([launchChromium(), startSite()])
  })
  after(async () => {
    await browser?.close()
    site?.stop()
  })

  /** A profile with an authenticator of its own. */
  async function newDevice(has: AuthenticatorOptions = {}): Promise<{ page: Page; authenticator: Authenticator }> {
    const page = await (await browser.newContext()).newPage()
    await page.goto(site.origin)
    return { page, authenticator: await Authenticator.plugIn(page, has) }
  }

  const call = (page: Page, method: 'backup' | 'restore', args: string[] = [], passkeys = options): Promise<Called> =>
    page.evaluate(
      async ({ method, args, passkeys }) => {
        const backup = new exported.BrowserPasskeyBackup(passkeys)
        const [secret = '', name = ''] = args
        try {
          return { value: await (method === 'backup' ? backup.backup(secret, name) : backup.restore()) }
        } catch (error) {
          if (!(error instanceof exported.PasskeyBackupError)) throw error
          return { code: error.code, cause: (error.cause as Error | undefined)?.name }
        }
      },
      { method, args, passkeys },
    )
  const clearEverything = (page: Page) =>
    page.evaluate(async () => {
      localStorage.clear()
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '')
    })

  /** Changes what the browser says of the extensions of a passkey. */
  const changeResults = (page: Page, change: string) =>
    page.evaluate((change) => {
      const { getClientExtensionResults: results } = PublicKeyCredential.prototype
      PublicKeyCredential.prototype.getClientExtensionResults = function () {
        const { prf, largeBlob } = results.call(this)
        new Function('prf', 'largeBlob', change)(prf, largeBlob)
        return { ...(prf && { prf }), ...(largeBlob && { largeBlob }) }
      }
    }, change)

  const both = { hasPrf: true, hasLargeBlob: true }

  it('encrypts the secret where the authenticator can, and restores it after everything else is gone', async () => {
    const { page, authenticator } = await newDevice(both)
    const secret = generateAuthSecret()
    assert.deepEqual(await call(page, 'backup', [secret, 'Ada']), { value: 'prf' })
    const [credential, ...others] = await authenticator.credentials()
    assert.deepEqual(others, [])
    assert.deepEqual([credential?.userName, credential?.userDisplayName], ['Ada', 'Ada'])
    const handle = credential?.userHandle ?? assert.fail()
    assert.deepEqual(handle.subarray(0, 20), Buffer.concat([Buffer.from('lfi1'), uuidBytes(deriveUserId(secret))]))
    assert.deepEqual([handle.length, credential?.largeBlob?.length], [28, 60])
    assert.ok(!credential?.largeBlob?.includes(bytesOf(secret).subarray(0, 4)))
    await clearEverything(page)
    await page.reload()
    assert.deepEqual(await call(page, 'restore'), { value: secret })
    await page.context().close()
  })

  for (const has of [{ hasPrf: true }, { hasLargeBlob: true }, {}]) {
    it(`has the secret in the user handle where the authenticator has no more than ${JSON.stringify(has)}`, async () => {
      const { page, authenticator } = await newDevice(has)
      const secret = generateAuthSecret()
      for (let times = 0; times < 2; times++) {
        assert.deepEqual(await call(page, 'backup', [secret, 'Ada']), { value: 'user-handle' })
      }
      const credentials = await authenticator.credentials()
      assert.deepEqual(
        credentials.map(({ userHandle, userName }) => [userHandle, userName]),
        [[bytesOf(secret), 'Ada']],
      )
      assert.deepEqual(await call(page, 'restore'), { value: secret })
      await page.context().close()
    })
  }

  it('restores on another device what a passkey brings there in its user handle, as Jazz’s own client puts it', async () => {
    const { page, authenticator } = await newDevice(both)
    const secret = generateAuthSecret()
    await authenticator.add(bytesOf(secret))
    assert.deepEqual(await call(page, 'restore'), { value: secret })
    await page.context().close()
  })

  it('asks for no more than it needs from a browser that does not know the extensions', async () => {
    const { page, authenticator } = await newDevice(both)
    await page.evaluate(() => Object.assign(PublicKeyCredential, { getClientCapabilities: undefined }))
    const secret = generateAuthSecret()
    assert.deepEqual(await call(page, 'backup', [secret, 'Ada']), { value: 'user-handle' })
    assert.equal((await authenticator.credentials()).length, 1)
    await page.context().close()
  })

  it('does not encrypt under what is no key', async () => {
    for (const change of [
      'if (prf) prf.results = { first: new ArrayBuffer(0) }',
      'if (prf) prf.results = { first: new ArrayBuffer(31) }',
      'if (prf) prf.enabled = false',
      'if (largeBlob) largeBlob.supported = false',
      'if (largeBlob) largeBlob.written = false',
    ]) {
      const { page, authenticator } = await newDevice(both)
      await changeResults(page, change)
      const secret = generateAuthSecret()
      assert.deepEqual(await call(page, 'backup', [secret, 'Ada']), { value: 'user-handle' }, change)
      const credentials = await authenticator.credentials()
      assert.deepEqual(
        credentials.map(({ userHandle }) => userHandle),
        [bytesOf(secret)],
      )
      await page.context().close()
    }
  })

  it('asks a second time for the output of an authenticator that gives none when the passkey is made', async () => {
    const { page } = await newDevice(both)
    await changeResults(page, 'if (prf?.enabled !== undefined) delete prf.results')
    const secret = generateAuthSecret()
    assert.deepEqual(await call(page, 'backup', [secret, 'Ada']), { value: 'prf' })
    assert.deepEqual(await call(page, 'restore'), { value: secret })
    await page.context().close()
  })

  it('puts the secret into the user handle where the browser knows one of the extensions, or fails to say', async () => {
    for (const capabilities of [
      `async () => ({ 'extension:prf': true })`,
      `async () => ({ 'extension:largeBlob': true })`,
      `() => { throw new Error('not now') }`,
      `async () => { throw new Error('not now') }`,
    ]) {
      const { page, authenticator } = await newDevice(both)
      await page.evaluate(`PublicKeyCredential.getClientCapabilities = ${capabilities}`)
      assert.deepEqual(await call(page, 'backup', [generateAuthSecret(), 'Ada']), { value: 'user-handle' })
      assert.equal((await authenticator.credentials()).length, 1)
      await page.context().close()
    }
  })

  it('names what a browser refuses', async () => {
    const { page } = await newDevice()
    for (const [made, code] of [
      [`{ throw new DOMException('', 'AbortError') }`, 'cancelled'],
      [`{ throw new DOMException('', 'NotSupportedError') }`, 'not-supported'],
      [`{ throw new DOMException('', 'ConstraintError') }`, 'not-supported'],
      [`{ throw new DOMException('', 'UnknownError') }`, undefined],
      ['{ return null }', 'nothing'],
    ] as const) {
      await page.evaluate(
        `for (const name of ['create', 'get']) CredentialsContainer.prototype[name] = async () => ${made}`,
      )
      const codes = []
      for (const called of [await call(page, 'backup', [generateAuthSecret(), 'Ada']), await call(page, 'restore')]) {
        codes.push('code' in called ? called.code : called.value)
      }
      const other = code === 'nothing' ? ['create-failed', 'no-credential'] : ['create-failed', 'get-failed']
      assert.deepEqual(codes, code === undefined || code === 'nothing' ? other : [code, code], made)
    }
    await page.context().close()
  })

  it('asks with another challenge each time, and for the owner’s verification', async () => {
    const { page } = await newDevice(both)
    await page.evaluate(`{
      globalThis.asked = []
      for (const name of ['create', 'get']) {
        const method = CredentialsContainer.prototype[name]
        CredentialsContainer.prototype[name] = function (options) {
          const { challenge, userVerification, authenticatorSelection } = options.publicKey
          const verification = userVerification ?? authenticatorSelection.userVerification
          asked.push([Array.from(challenge).join(), verification])
          return method.call(this, options)
        }
      }
    }`)
    await call(page, 'backup', [generateAuthSecret(), 'Ada'])
    await call(page, 'restore')
    const asked = await page.evaluate<[string, string][]>('asked')
    assert.equal(new Set(asked.map(([challenge]) => challenge)).size, 3)
    assert.deepEqual(
      asked.map(([, verification]) => verification),
      ['required', 'required', 'required'],
    )
    await page.context().close()
  })

  it('is of one secret each: of two, the person chooses', async () => {
    const { page, authenticator } = await newDevice(both)
    const secrets = [generateAuthSecret(), generateAuthSecret()]
    for (const secret of secrets) await call(page, 'backup', [secret, 'Ada'])
    assert.equal((await authenticator.credentials()).length, 2)
    const restored = await call(page, 'restore')
    assert.ok('value' in restored && secrets.includes(restored.value))
    await page.context().close()
  })

  it('leaves neither half a backup nor the older one undone where the person gives up halfway', async () => {
    const { page, authenticator } = await newDevice(both)
    const secret = generateAuthSecret()
    await call(page, 'backup', [secret, 'Ada'])
    const before = await authenticator.credentials()
    await page.evaluate(() => {
      const get = CredentialsContainer.prototype.get
      CredentialsContainer.prototype.get = async () => {
        CredentialsContainer.prototype.get = get
        throw new DOMException('', 'NotAllowedError')
      }
    })
    const given = await call(page, 'backup', [secret, 'Ada'])
    assert.deepEqual(given, { code: 'cancelled', cause: 'NotAllowedError' })
    assert.deepEqual(await authenticator.credentials(), before)
    assert.deepEqual(await call(page, 'restore'), { value: secret })
    await page.context().close()
  })

  it('says that nothing was chosen where whoever is there is not the owner, or there is no passkey', async () => {
    const { page, authenticator } = await newDevice({ isUserVerified: false })
    const cancelled = { code: 'cancelled', cause: 'NotAllowedError' }
    assert.deepEqual(await call(page, 'backup', [generateAuthSecret(), 'Ada']), cancelled)
    await authenticator.setUserVerified(true)
    assert.deepEqual(await call(page, 'restore'), cancelled)
    await page.context().close()
  })

  it('does not take a passkey that did not check its owner', async () => {
    const { page, authenticator } = await newDevice()
    const secret = generateAuthSecret()
    await call(page, 'backup', [secret, 'Ada'])
    // No authenticator of the protocol leaves it out when it is asked for it.
    await page.evaluate(`{
      const withoutFlag = (data) => new Uint8Array(data).with(32, new Uint8Array(data)[32] & ~4).buffer
      const { get } = Object.getOwnPropertyDescriptor(AuthenticatorAssertionResponse.prototype, 'authenticatorData')
      Object.defineProperty(AuthenticatorAssertionResponse.prototype, 'authenticatorData', {
        get() { return withoutFlag(get.call(this)) },
      })
      const { getAuthenticatorData } = AuthenticatorAttestationResponse.prototype
      AuthenticatorAttestationResponse.prototype.getAuthenticatorData = function () {
        return withoutFlag(getAuthenticatorData.call(this))
      }
    }`)
    const refused = { code: 'not-verified', cause: undefined }
    assert.deepEqual(await call(page, 'restore'), refused)
    const before = (await authenticator.credentials()).length
    assert.deepEqual(await call(page, 'backup', [generateAuthSecret(), 'Ada']), refused)
    assert.equal((await authenticator.credentials()).length, before)
    await page.context().close()
  })

  it('does not take for a secret what another app keeps in a passkey, or what was changed', async () => {
    const secret = generateAuthSecret()
    const foreign = { code: 'invalid-credential', cause: undefined }
    // The last is like those that Better Auth's passkey plugin makes for signing in.
    const text = Buffer.from('k3v9x0q8z7b6n5m4l3k2j1h0g9f8d7s6')
    for (const handle of [Buffer.from('a user'), Buffer.alloc(64), bytesOf(secret).subarray(1), text]) {
      const { page, authenticator } = await newDevice(both)
      await authenticator.add(handle)
      assert.deepEqual(await call(page, 'restore'), foreign)
      await page.context().close()
    }
    const { page, authenticator } = await newDevice(both)
    await call(page, 'backup', [secret, 'Ada'])
    for (const [change, expected] of [
      ['delete largeBlob.blob', foreign],
      ['new Uint8Array(largeBlob.blob)[20] ^= 1', { code: 'invalid-credential', cause: 'OperationError' }],
      ['new Uint8Array(prf.results.first)[0] ^= 1', { code: 'invalid-credential', cause: 'OperationError' }],
      ['prf.results.first = prf.results.first.slice(1)', { code: 'not-supported', cause: undefined }],
      ['delete prf.results', { code: 'not-supported', cause: undefined }],
    ] as const) {
      await page.reload()
      await changeResults(page, change)
      assert.deepEqual(await call(page, 'restore'), expected, change)
    }
    assert.equal((await authenticator.credentials()).length, 1)
    await page.context().close()
  })

  it('does not take a secret for another identity than the passkey was made for', async () => {
    const { page } = await newDevice(both)
    await page.evaluate(() => {
      const { encrypt } = SubtleCrypto.prototype
      SubtleCrypto.prototype.encrypt = function (algorithm, key) {
        return encrypt.call(this, algorithm, key, new Uint8Array(32).fill(7))
      }
    })
    assert.deepEqual(await call(page, 'backup', [generateAuthSecret(), 'Ada']), { value: 'prf' })
    assert.deepEqual(await call(page, 'restore'), { code: 'invalid-credential', cause: undefined })
    await page.context().close()
  })

  it('works for the page’s own domain alone', async () => {
    const { page } = await newDevice()
    const elsewhere = { ...options, appHostname: 'example.com' }
    const denied = (code: string) => ({ code, cause: 'SecurityError' })
    assert.deepEqual(await call(page, 'restore', [], elsewhere), denied('get-failed'))
    assert.deepEqual(await call(page, 'backup', [generateAuthSecret(), 'x'], elsewhere), denied('create-failed'))
    await page.context().close()
  })

  it('backs up nothing but a secret', async () => {
    const { page, authenticator } = await newDevice()
    for (const wrong of ['', 'x', `${generateAuthSecret()}A`]) {
      assert.deepEqual(await call(page, 'backup', [wrong, 'Ada']), { code: 'invalid-secret', cause: undefined })
    }
    assert.deepEqual(await authenticator.credentials(), [])
    await page.context().close()
  })

  it('says so where a browser has no passkeys', async () => {
    const { page } = await newDevice()
    for (const missing of [
      'delete AuthenticatorAttestationResponse.prototype.getAuthenticatorData',
      'PublicKeyCredential = undefined',
    ]) {
      await page.evaluate(missing)
      const unsupported = { code: 'not-supported', cause: undefined }
      assert.deepEqual(await call(page, 'backup', [generateAuthSecret(), 'Ada']), unsupported)
      assert.deepEqual(await call(page, 'restore'), unsupported)
    }
    await page.context().close()
  })
})

describe('BrowserPasskeyBackup, without a browser', () => {
  const backup = (options: unknown) => new BrowserPasskeyBackup(options as BrowserPasskeyBackupOptions)

  it('says that it has no passkeys', async () => {
    const passkeys = backup({ appName: 'An app', appHostname: 'example.com' })
    await assert.rejects(passkeys.restore(), { name: 'PasskeyBackupError', code: 'not-supported' })
    await assert.rejects(passkeys.backup(generateAuthSecret(), 'Ada'), { code: 'not-supported' })
  })

  it('names an option that is wrong', async () => {
    const message = (text: string) => ({ name: 'TypeError', message: `BrowserPasskeyBackup: ${text}` })
    assert.throws(() => backup(undefined), message('`options` must be a plain object'))
    assert.throws(() => backup({ appHostname: 'x' }), message('`appName` must be a string of at least one character'))
    for (const appHostname of ['', 7, null]) {
      const text = '`appHostname` must be a string of at least one character'
      assert.throws(() => backup({ appName: 'x', appHostname }), message(text))
    }
    assert.throws(() => backup({ appName: 'x', rpId: 'x' }), message('there is no option `rpId`'))
    const passkeys = backup({ appName: 'An app', appHostname: 'example.com' })
    for (const wrong of [undefined, '', 7]) {
      const name = message('`displayName` must be a string of at least one character')
      await assert.rejects(passkeys.backup(generateAuthSecret(), wrong as string), name)
    }
  })
})
