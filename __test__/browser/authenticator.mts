// A virtual authenticator of Chromium, by the DevTools protocol.

import { generateKeyPairSync } from 'node:crypto'

import type { CDPSession, Page } from 'playwright-core'

import type { AuthenticatorOptions, Credential, VirtualAuthenticator } from './test-browser.mts'

/** Of this page alone. */
export class Authenticator implements VirtualAuthenticator {
  readonly #cdp: CDPSession
  readonly #authenticatorId: string

  private constructor(cdp: CDPSession, authenticatorId: string) {
    this.#cdp = cdp
    this.#authenticatorId = authenticatorId
  }

  static async plugIn(page: Page, options: AuthenticatorOptions = {}): Promise<Authenticator> {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        ...options,
      },
    })
    return new Authenticator(cdp, authenticatorId)
  }

  async credentials(): Promise<Credential[]> {
    const { credentials } = await this.#cdp.send('WebAuthn.getCredentials', { authenticatorId: this.#authenticatorId })
    return credentials.map(({ credentialId, userHandle = '', largeBlob, userName, userDisplayName }) => ({
      credentialId,
      userHandle: Buffer.from(userHandle, 'base64'),
      largeBlob: largeBlob === undefined ? undefined : Buffer.from(largeBlob, 'base64'),
      userName,
      userDisplayName,
    }))
  }

  async add(userHandle: Buffer): Promise<void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await this.#cdp.send('WebAuthn.addCredential', {
      authenticatorId: this.#authenticatorId,
      credential: {
        credentialId: crypto.getRandomValues(Buffer.alloc(32)).toString('base64'),
        isResidentCredential: true,
        rpId: 'localhost',
        privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
        userHandle: userHandle.toString('base64'),
        signCount: 1,
      },
    })
  }

  async setUserVerified(isUserVerified: boolean): Promise<void> {
    await this.#cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.#authenticatorId, isUserVerified })
  }

  async unplug(): Promise<void> {
    await this.#cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.#authenticatorId })
  }
}
