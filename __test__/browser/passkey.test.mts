// Backups to passkeys, with the virtual authenticators that each browser has.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  BrowserPasskeyBackup,
  type BrowserPasskeyBackupOptions,
  formatAuthSecret,
  generateAuthSecret,
} from 'local-first-identity/client'

import { type Given, inEachBrowser } from './in-each-browser.mts'
import { both, bytesOf, call, newDevice, options } from './passkey-pages.mts'

const tests = ({ engine, serve }: Given) => {
  const newTab = serve()
  const isChromium = engine.name === 'Chromium'

  // Firefox's authenticators have the PRF extension, and nothing else.
  for (const has of engine.noLargeBlob ? [{ hasPrf: true }] : [{ hasPrf: true }, { hasLargeBlob: true }, {}]) {
    it(`has the secret in the user handle where the authenticator has no more than ${JSON.stringify(has)}`, async () => {
      const { tab, authenticator } = await newDevice(newTab, has)
      const secret = generateAuthSecret()
      // Firefox's authenticators keep the older one, too.
      for (let times = 0; times < (isChromium ? 2 : 1); times++) {
        assert.deepEqual(await call(tab, 'backup', [secret, 'Ada']), { value: 'user-handle' })
      }
      const credentials = await authenticator.credentials()
      assert.deepEqual(
        credentials.map(({ userHandle, userName }) => [userHandle, userName]),
        [[bytesOf(secret), isChromium ? 'Ada' : undefined]],
      )
      assert.deepEqual(await call(tab, 'restore'), { value: secret })
      await tab.profile.close()
    })
  }

  it('restores on another device what a passkey brings there in its user handle, as Jazz’s own client puts it', async () => {
    const { tab, authenticator } = await newDevice(newTab, both)
    const secret = generateAuthSecret()
    await authenticator.add(bytesOf(secret))
    assert.deepEqual(await call(tab, 'restore'), { value: secret })
    await tab.profile.close()
  })

  it('asks for no more than it needs from a browser that does not know the extensions', async () => {
    const { tab, authenticator } = await newDevice(newTab, both)
    await tab.evaluate(() => Object.assign(PublicKeyCredential, { getClientCapabilities: undefined }))
    const secret = generateAuthSecret()
    assert.deepEqual(await call(tab, 'backup', [secret, 'Ada']), { value: 'user-handle' })
    assert.equal((await authenticator.credentials()).length, 1)
    await tab.profile.close()
  })

  it('puts the secret into the user handle where the browser knows one of the extensions, or fails to say', async () => {
    for (const capabilities of [
      `async () => ({ 'extension:prf': true })`,
      `async () => ({ 'extension:largeBlob': true })`,
      `() => { throw new Error('not now') }`,
      `async () => { throw new Error('not now') }`,
    ]) {
      const { tab, authenticator } = await newDevice(newTab, both)
      await tab.evaluate(`PublicKeyCredential.getClientCapabilities = ${capabilities}`)
      assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), { value: 'user-handle' })
      assert.equal((await authenticator.credentials()).length, 1)
      await tab.profile.close()
    }
  })

  it('takes a secret in the spelling of Jazz 2.0.0-alpha.54, and gives it bare', async () => {
    const { tab } = await newDevice(newTab)
    const secret = generateAuthSecret()
    assert.deepEqual(await call(tab, 'backup', [formatAuthSecret(secret), 'Ada']), { value: 'user-handle' })
    assert.deepEqual(await call(tab, 'restore'), { value: secret })
    await tab.profile.close()
  })

  it('names what a browser refuses', async () => {
    const { tab } = await newDevice(newTab)
    for (const [made, code] of [
      [`{ throw new DOMException('', 'AbortError') }`, 'cancelled'],
      [`{ throw new DOMException('', 'NotSupportedError') }`, 'not-supported'],
      [`{ throw new DOMException('', 'ConstraintError') }`, 'not-supported'],
      [`{ throw new DOMException('', 'UnknownError') }`, undefined],
      ['{ return null }', 'nothing'],
    ] as const) {
      await tab.evaluate(
        `for (const name of ['create', 'get']) CredentialsContainer.prototype[name] = async () => ${made}`,
      )
      const codes = []
      for (const called of [await call(tab, 'backup', [generateAuthSecret(), 'Ada']), await call(tab, 'restore')]) {
        codes.push('code' in called ? called.code : called.value)
      }
      const other = code === 'nothing' ? ['create-failed', 'no-credential'] : ['create-failed', 'get-failed']
      assert.deepEqual(codes, code === undefined || code === 'nothing' ? other : [code, code], made)
    }
    await tab.profile.close()
  })

  it('asks with another challenge each time, and for the owner’s verification', async () => {
    const { tab } = await newDevice(newTab, both)
    await tab.evaluate(`{
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
    await call(tab, 'backup', [generateAuthSecret(), 'Ada'])
    await call(tab, 'restore')
    const asked = await tab.evaluate<[string, string][]>('asked')
    // To write a large blob is another ceremony.
    const count = engine.noLargeBlob ? 2 : 3
    assert.equal(new Set(asked.map(([challenge]) => challenge)).size, count)
    assert.deepEqual(
      asked.map(([, verification]) => verification),
      Array(count).fill('required'),
    )
    await tab.profile.close()
  })

  const skip = isChromium ? false : 'Firefox has a person choose in a dialog, which no test reaches'
  it('is of one secret each: of two, the person chooses', { skip }, async () => {
    const { tab, authenticator } = await newDevice(newTab, both)
    const secrets = [generateAuthSecret(), generateAuthSecret()]
    for (const secret of secrets) await call(tab, 'backup', [secret, 'Ada'])
    assert.equal((await authenticator.credentials()).length, 2)
    const restored = await call(tab, 'restore')
    assert.ok('value' in restored && secrets.includes(restored.value))
    await tab.profile.close()
  })

  it('says that nothing was chosen if the person is not the owner, or there is no passkey', async () => {
    const { tab, authenticator } = await newDevice(newTab, { isUserVerified: false })
    const cancelled = { code: 'cancelled', cause: 'NotAllowedError' }
    assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), cancelled)
    await authenticator.setUserVerified(true)
    assert.deepEqual(await call(tab, 'restore'), cancelled)
    await tab.profile.close()
  })

  for (const [what, flag] of [
    ['who its owner is', 4],
    ['that a person is there', 1],
  ] as const) {
    it(`does not take a passkey that did not check ${what}`, async () => {
      const { tab, authenticator } = await newDevice(newTab)
      const secret = generateAuthSecret()
      await call(tab, 'backup', [secret, 'Ada'])
      // No authenticator of the protocol leaves it out when it is asked for it.
      await tab.evaluate(`{
        const withoutFlag = (data) => new Uint8Array(data).with(32, new Uint8Array(data)[32] & ~${flag}).buffer
        const { get } = Object.getOwnPropertyDescriptor(AuthenticatorAssertionResponse.prototype, 'authenticatorData')
        Object.defineProperty(AuthenticatorAssertionResponse.prototype, 'authenticatorData', {
          get() { return withoutFlag(get.call(this)) },
        })
        const { getAuthenticatorData } = AuthenticatorAttestationResponse.prototype
        AuthenticatorAttestationResponse.prototype.getAuthenticatorData = function () {
          return withoutFlag(getAuthenticatorData.call(this))
        }
      }`)
      const refused = { code: 'verification-failed', cause: null }
      assert.deepEqual(await call(tab, 'restore'), refused)
      const before = (await authenticator.credentials()).length
      assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), refused)
      // Firefox has no way to take the passkey back.
      assert.equal((await authenticator.credentials()).length, isChromium ? before : before + 1)
      await tab.profile.close()
    })
  }

  it('does not take for a secret what another app keeps in a passkey', async () => {
    const secret = generateAuthSecret()
    const foreign = { code: 'invalid-credential', cause: null }
    // The last is like those that Better Auth's passkey plugin makes for signing in.
    const text = Buffer.from('k3v9x0q8z7b6n5m4l3k2j1h0g9f8d7s6')
    for (const handle of [Buffer.from('a user'), Buffer.alloc(64), bytesOf(secret).subarray(1), text]) {
      const { tab, authenticator } = await newDevice(newTab, both)
      await authenticator.add(handle)
      assert.deepEqual(await call(tab, 'restore'), foreign)
      await tab.profile.close()
    }
  })

  if (engine.noLargeBlob) {
    it('says so where the browser cannot read an encrypted backup', async () => {
      const { tab, authenticator } = await newDevice(newTab)
      const handle = Buffer.alloc(28, 7)
      handle.write('lfi1')
      await authenticator.add(handle)
      assert.deepEqual(await call(tab, 'restore'), { code: 'not-supported', cause: null })
      await tab.profile.close()
    })
  }

  it('says so where a password manager puts objects of its own in the browser’s place', async () => {
    for (const response of [
      // Without `getAuthenticatorData`; with methods that want the browser's own; and with none at all.
      '{ clientDataJSON: response.clientDataJSON, attestationObject: response.attestationObject }',
      'Object.create(Object.getPrototypeOf(response))',
      'undefined',
    ]) {
      const { tab, authenticator } = await newDevice(newTab)
      await authenticator.add(bytesOf(generateAuthSecret()))
      await tab.evaluate(`
        for (const method of ['create', 'get']) {
          const own = navigator.credentials[method].bind(navigator.credentials)
          navigator.credentials[method] = async (options) => {
            const { id, rawId, type, response } = await own(options)
            return { id, rawId, type, response: ${response}, getClientExtensionResults: () => undefined }
          }
        }
        void 0`)
      const failed = (code: string) => ({ code, cause: 'TypeError' })
      if (response === 'undefined' || response.startsWith('Object')) {
        assert.deepEqual(await call(tab, 'restore'), failed('get-failed'))
      }
      assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), failed('create-failed'))
      await tab.profile.close()
    }
  })

  it('says so where another request is pending, such as autofill', async () => {
    const { tab } = await newDevice(newTab)
    await tab.evaluate(`
      const busy = async () => { throw new DOMException('A request is already pending.', 'OperationError') }
      Object.assign(navigator.credentials, { create: busy, get: busy })
      void 0`)
    const busy = { code: 'busy', cause: 'OperationError' }
    assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), busy)
    assert.deepEqual(await call(tab, 'restore'), busy)
    await tab.profile.close()
  })

  it('works for the page’s own domain alone', async () => {
    const { tab } = await newDevice(newTab)
    const elsewhere = { ...options, appHostname: 'example.com' }
    const denied = (code: string) => ({ code, cause: 'SecurityError' })
    assert.deepEqual(await call(tab, 'restore', [], elsewhere), denied('get-failed'))
    assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'x'], elsewhere), denied('create-failed'))
    await tab.profile.close()
  })

  it('backs up nothing but a secret', async () => {
    const { tab, authenticator } = await newDevice(newTab)
    for (const wrong of ['', 'x', `${generateAuthSecret()}A`]) {
      assert.deepEqual(await call(tab, 'backup', [wrong, 'Ada']), { code: 'invalid-secret', cause: null })
    }
    assert.deepEqual(await authenticator.credentials(), [])
    await tab.profile.close()
  })

  it('says so where a browser has no passkeys', async () => {
    const { tab } = await newDevice(newTab)
    for (const missing of [
      'delete AuthenticatorAttestationResponse.prototype.getAuthenticatorData',
      'PublicKeyCredential = undefined',
    ]) {
      await tab.evaluate(missing)
      const unsupported = { code: 'not-supported', cause: null }
      assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), unsupported)
      assert.deepEqual(await call(tab, 'restore'), unsupported)
    }
    await tab.profile.close()
  })
}

const testsWithoutPasskeys = ({ serve }: Given) => {
  const newTab = serve()

  it('says that there are no passkeys', async () => {
    const tab = await newTab()
    const unsupported = { code: 'not-supported', cause: null }
    assert.deepEqual(await call(tab, 'backup', [generateAuthSecret(), 'Ada']), unsupported)
    assert.deepEqual(await call(tab, 'restore'), unsupported)
    assert.deepEqual(await tab.evaluate('complaints'), [])
    await tab.profile.close()
  })
}

inEachBrowser('BrowserPasskeyBackup', (given) =>
  given.engine.hasPasskeys ? tests(given) : testsWithoutPasskeys(given),
)

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
