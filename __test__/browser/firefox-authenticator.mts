// A virtual authenticator of Firefox. It has the PRF extension always, and large blobs never.

import { generateKeyPairSync } from 'node:crypto'

import type { Marionette } from './marionette.mts'
import type { AuthenticatorOptions, Credential, VirtualAuthenticator } from './test-browser.mts'

/** Of all tabs, unlike Chromium's. */
export class FirefoxAuthenticator implements VirtualAuthenticator {
  readonly #marionette: Marionette
  readonly #authenticatorId: string

  private constructor(marionette: Marionette, authenticatorId: string) {
    this.#marionette = marionette
    this.#authenticatorId = authenticatorId
  }

  static async plugIn(
    marionette: Marionette,
    { isUserVerified = true }: AuthenticatorOptions,
  ): Promise<FirefoxAuthenticator> {
    const { value } = await marionette.send<{ value: string }>('WebAuthn:AddVirtualAuthenticator', {
      protocol: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserConsenting: true,
      isUserVerified,
    })
    return new FirefoxAuthenticator(marionette, value)
  }

  #send<Result>(command: string, parameters: object = {}): Promise<Result> {
    return this.#marionette.send(`WebAuthn:${command}`, { authenticatorId: this.#authenticatorId, ...parameters })
  }

  async credentials(): Promise<Credential[]> {
    const { value } = await this.#send<{ value: { credentialId: string; userHandle: string }[] }>('GetCredentials')
    return value.map(({ credentialId, userHandle }) => ({
      credentialId,
      userHandle: Buffer.from(userHandle, 'base64url'),
      largeBlob: undefined,
      userName: undefined,
      userDisplayName: undefined,
    }))
  }

  async add(userHandle: Buffer): Promise<void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await this.#send('AddCredential', {
      credentials: {
        credentialId: crypto.getRandomValues(Buffer.alloc(32)).toString('base64url'),
        isResidentCredential: true,
        rpId: 'localhost',
        privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'),
        userHandle: userHandle.toString('base64url'),
        signCount: 1,
      },
    })
  }

  async setUserVerified(isUserVerified: boolean): Promise<void> {
    await this.#send('SetUserVerified', { isUserVerified })
  }

  async unplug(): Promise<void> {
    await this.#send('RemoveVirtualAuthenticator')
  }
}
