// A virtual authenticator, by the DevTools protocol.

import { generateKeyPairSync } from 'node:crypto'

import type { CDPSession, Page } from 'playwright-core'

export interface AuthenticatorOptions {
  /** Whether it has the PRF extension. */
  hasPrf?: boolean
  /** Whether it has the large blob extension. */
  hasLargeBlob?: boolean
  /** Whether whoever uses it is its owner. */
  isUserVerified?: boolean
}

export interface Credential {
  credentialId: string
  userHandle: Buffer
  largeBlob: Buffer | undefined
  userName: string | undefined
  userDisplayName: string | undefined
}

/** An authenticator of this page alone, as a platform has one, with a person who agrees to everything. */
export class Authenticator {
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

  /** Adds a passkey, as one that was made elsewhere comes to a device. */
  async add(userHandle: Buffer, largeBlob?: Buffer): Promise<void> {
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
        ...(largeBlob && { largeBlob: largeBlob.toString('base64') }),
      },
    })
  }

  /** Whether whoever uses it from now on is its owner. */
  async setUserVerified(isUserVerified: boolean): Promise<void> {
    await this.#cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.#authenticatorId, isUserVerified })
  }
}
