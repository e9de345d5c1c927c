import { concatBytes } from '@noble/hashes/utils.js'

import { checkText, ownOptions } from '../../common/options.mts'
import { signingKeyOf } from '../identity/identity.mts'
import { decodeSecret, encodeSecret, SECRET_BYTES } from '../identity/secret.mts'
import { asciiToBytes } from './ascii.mts'
import {
  askPasskey,
  credentials,
  makePasskey,
  orNothing,
  type Passkey,
  type RelyingParty,
  withdraw,
} from './passkey-ceremony.mts'
import { PasskeyBackupError } from './passkey-error.mts'
import { PRF_INPUT, unwrap, wrap } from './passkey-wrap.mts'

/** Where a backup's passkey is shown, and where it works. */
export interface BrowserPasskeyBackupOptions {
  /** The app's name, as people see it when they choose a passkey. */
  appName: string
  /**
   * The domain that the passkeys belong to: the page's own, or one that it is under. **With another one, all that were made
   * before are out of reach.** Pin it to the production domain, or each preview has passkeys of its own.
   *
   * @default location.hostname
   */
  appHostname?: string
}

/**
 * How a passkey has the secret. `prf`: encrypted in its large blob, under its PRF output, which it gives only to whoever
 * unlocks it; `user-handle`: as it is, in the user handle, as Jazz's own client does.
 */
export type PasskeyBackupForm = 'prf' | 'user-handle'

const EVALUATE: AuthenticationExtensionsClientInputs = { prf: { eval: { first: PRF_INPUT } } }

/** Starts a user handle that is no secret. */
const MARK = asciiToBytes('lfi1')
const USER_ID_BYTES = 16
const MARKED_BYTES = MARK.length + USER_ID_BYTES + 8

/**
 * Behind the mark, whose secret it is, and 8 random bytes: with the handle of an older passkey, a new one would take its
 * place before it has the secret, and a person who gives up halfway would be left with none.
 */
function markedHandle(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const handle = crypto.getRandomValues(new Uint8Array(MARKED_BYTES))
  handle.set(concatBytes(MARK, signingKeyOf(secret).userId))
  return handle
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  start.every((byte, index) => bytes[index] === byte)

/** What the passkey gives for the input, 32 bytes; anything else would be no key. */
function outputOf({ prf }: AuthenticationExtensionsClientOutputs): BufferSource | undefined {
  const output = prf?.results?.first
  return output?.byteLength === 32 ? output : undefined
}

/** Of 2^64 secrets, one has nothing but such bytes; every user handle that Better Auth gives for signing in has. */
const isText = (byte: number): boolean => /[\w-]/.test(String.fromCharCode(byte))

/** Whether the browser knows both extensions. What the authenticator can do shows only once a passkey is made. */
async function browserWraps(): Promise<boolean> {
  const ask = async () => PublicKeyCredential.getClientCapabilities?.()
  const can = await orNothing('getClientCapabilities', ask())
  return can?.['extension:prf'] === true && can?.['extension:largeBlob'] === true
}

/**
 * Backs a secret up in a passkey, which the person's platform or password manager keeps and takes to their other devices,
 * and restores it from there. In browsers, on pages with HTTPS or of localhost.
 */
export class BrowserPasskeyBackup {
  readonly #appName: string
  readonly #appHostname: string | undefined

  /**
   * Nothing of the browser is touched before a method is called, so a module that a server renders may make one.
   *
   * @param options - `appName` is required.
   * @throws TypeError naming the option, if one is not as described.
   */
  constructor(options: BrowserPasskeyBackupOptions) {
    const name = 'BrowserPasskeyBackup'
    const { appName, appHostname } = ownOptions(name, options, ['appName', 'appHostname'])
    checkText(name, 'appName', appName)
    if (appHostname !== undefined) checkText(name, 'appHostname', appHostname)
    this.#appName = appName
    this.#appHostname = appHostname
  }

  /** Asked for at each use: a server that renders a page makes this object, too, and has no domain. */
  get #rp(): RelyingParty {
    const id = this.#appHostname ?? globalThis.location?.hostname
    if (!id) throw new PasskeyBackupError('not-supported')
    return { id, name: this.#appName }
  }

  /**
   * Makes a passkey that has the secret; call it in a handler of the person's click. The person is
   * asked once, or two or three times where the secret can be encrypted. Older passkeys stay as they are.
   *
   * @param secret - 43 characters of base64url without padding (32 bytes).
   * @param displayName - What the person knows this passkey by, when they choose one: their name in the app, say.
   * @returns How the passkey has it.
   * @throws PasskeyBackupError if there is no backup afterwards.
   * @throws TypeError if `displayName` is not a string of at least one character.
   */
  async backup(secret: string, displayName: string): Promise<PasskeyBackupForm> {
    checkText('BrowserPasskeyBackup', 'displayName', displayName)
    credentials()
    const bytes = decodeSecret(secret)
    if (!bytes) throw new PasskeyBackupError('invalid-secret')
    if ((await browserWraps()) && (await this.#backUpWrapped(bytes, displayName))) return 'prf'
    await makePasskey(this.#rp, bytes, displayName, {})
    return 'user-handle'
  }

  /**
   * Has the person choose a passkey, and reads its secret, in whichever form it has it; call it in a handler of their click.
   * Give it to `login` or a store's `saveSecret`.
   *
   * @returns 43 characters of base64url without padding (32 bytes).
   * @throws PasskeyBackupError
   */
  async restore(): Promise<string> {
    const passkey = await askPasskey(this.#rp, { ...EVALUATE, largeBlob: { read: true } })
    if (passkey.handle.length === MARKED_BYTES && startsWith(passkey.handle, MARK)) {
      return encodeSecret(await unwrapped(passkey))
    }
    if (passkey.handle.length !== SECRET_BYTES || passkey.handle.every(isText))
      throw new PasskeyBackupError('invalid-credential')
    return encodeSecret(passkey.handle)
  }

  /** @returns Whether the authenticator could. */
  async #backUpWrapped(secret: Uint8Array<ArrayBuffer>, displayName: string): Promise<boolean> {
    const wanted = { ...EVALUATE, largeBlob: { support: 'preferred' } }
    const passkey = await makePasskey(this.#rp, markedHandle(secret), displayName, wanted)
    let written = false
    try {
      written = await this.#write(secret, passkey)
      return written
    } finally {
      if (!written) await withdraw(this.#rp, passkey.id)
    }
  }

  async #write(secret: Uint8Array<ArrayBuffer>, { id, handle, extensions }: Passkey): Promise<boolean> {
    if (!extensions.prf?.enabled || !extensions.largeBlob?.supported) return false
    // Not every authenticator gives its output when the passkey is made.
    const prf = outputOf(extensions) ?? outputOf((await askPasskey(this.#rp, EVALUATE, id)).extensions)
    if (!prf) return false
    const write = await wrap(secret, prf, handle)
    const { extensions: done } = await askPasskey(this.#rp, { largeBlob: { write } }, id)
    return done.largeBlob?.written === true
  }
}

async function unwrapped({ handle, extensions }: Passkey): Promise<Uint8Array> {
  const prf = outputOf(extensions)
  // Another browser or way to the same passkey may lack what the one had that it was made with: Firefox has no large blobs.
  if (!prf) throw new PasskeyBackupError('not-supported')
  const blob = extensions.largeBlob?.blob
  if (!blob) throw new PasskeyBackupError((await browserWraps()) ? 'invalid-credential' : 'not-supported')
  const secret = await unwrap(new Uint8Array(blob as ArrayBuffer), prf, handle).catch((cause) => {
    throw new PasskeyBackupError('invalid-credential', { cause })
  })
  const isWhose = startsWith(handle.subarray(MARK.length), signingKeyOf(secret).userId)
  if (!isWhose) throw new PasskeyBackupError('invalid-credential')
  return secret
}
