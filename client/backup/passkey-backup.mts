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

/** The options of `BrowserPasskeyBackup`. */
export interface BrowserPasskeyBackupOptions {
  /** The app's name, as people see it when they choose a passkey. */
  appName: string
  /**
   * The domain that the passkeys belong to: the page's own, or one that it is under. **If you change it, all earlier
   * passkeys are out of reach.** Set it to the production domain, or each preview has passkeys of its own.
   *
   * @default location.hostname
   */
  appHostname?: string
}

/**
 * How a passkey keeps the secret:
 * - `prf`: encrypted in its large blob, under its PRF output, which it gives only to a person who unlocks it
 * - `user-handle`: unencrypted in its user handle, as in Jazz's own client
 */
export type PasskeyBackupForm = 'prf' | 'user-handle'

const EVALUATE: AuthenticationExtensionsClientInputs = { prf: { eval: { first: PRF_INPUT } } }

/** The start of a user handle that is not the secret itself. */
const MARK = asciiToBytes('lfi1')
const USER_ID_BYTES = 16
const MARKED_BYTES = MARK.length + USER_ID_BYTES + 8

/**
 * Makes a user handle: the mark, the user ID of the secret, and 8 random bytes.
 *
 * The random bytes keep an older passkey. With the same handle, the new passkey would replace the old one before it has the
 * secret. A person who gives up halfway would then have no backup.
 */
function markedHandle(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const handle = crypto.getRandomValues(new Uint8Array(MARKED_BYTES))
  handle.set(concatBytes(MARK, signingKeyOf(secret).userId))
  return handle
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  start.every((byte, index) => bytes[index] === byte)

/** Returns the passkey's PRF output, 32 bytes; `undefined` for anything else, which is not a key. */
function outputOf({ prf }: AuthenticationExtensionsClientOutputs): BufferSource | undefined {
  const output = prf?.results?.first
  return output?.byteLength === 32 ? output : undefined
}

/**
 * Whether a byte is a letter, a digit, `_` or `-`. Better Auth's user handles for signing in have only such bytes. Only one
 * of 2^64 secrets does.
 */
const isText = (byte: number): boolean => /[\w-]/.test(String.fromCharCode(byte))

/** Whether the browser supports both extensions. Whether the authenticator does shows only once a passkey is made. */
async function browserWraps(): Promise<boolean> {
  const ask = async () => PublicKeyCredential.getClientCapabilities?.()
  const can = await orNothing('getClientCapabilities', ask())
  return can?.['extension:prf'] === true && can?.['extension:largeBlob'] === true
}

/**
 * Backs a secret up in a passkey, and restores it from there. The person's platform or password manager keeps the passkey
 * and takes it to their other devices. Works in browsers, on pages with HTTPS or of localhost.
 *
 * @example
 * const passkeys = new BrowserPasskeyBackup({ appName: 'My app', appHostname: 'my-app.example' })
 * const form = await passkeys.backup(secret, 'Ada')
 * const restored = await passkeys.restore()
 */
export class BrowserPasskeyBackup {
  readonly #appName: string
  readonly #appHostname: string | undefined

  /**
   * Touches nothing of the browser, so a module that a server renders may make one.
   *
   * @param options - `appName` is required.
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) naming the option, if one is wrong.
   */
  constructor(options: BrowserPasskeyBackupOptions) {
    const name = 'BrowserPasskeyBackup'
    const { appName, appHostname } = ownOptions(name, options, ['appName', 'appHostname'])
    checkText(name, 'appName', appName)
    if (appHostname !== undefined) checkText(name, 'appHostname', appHostname)
    this.#appName = appName
    this.#appHostname = appHostname
  }

  /** Read at each use, because a server that renders a page also makes this object, and has no domain. */
  get #rp(): RelyingParty {
    const id = this.#appHostname ?? globalThis.location?.hostname
    if (!id) throw new PasskeyBackupError('not-supported')
    return { id, name: this.#appName }
  }

  /**
   * Makes a passkey that has the secret. Call it in a click handler. The person is asked once, or two or three times if the
   * secret can be encrypted. Older passkeys stay as they are.
   *
   * @param secret - 43 characters of base64url without padding (32 bytes), with or without `jazz-auth-v1:` before them.
   * @param displayName - The name that the person sees when they choose a passkey, for example their name in the app.
   * @returns How the passkey keeps the secret.
   * @throws PasskeyBackupError if there is no backup afterwards.
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if `displayName` is not a string of at least one character.
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
   * Asks the person for a passkey, and reads its secret in either form. Call it in a click handler. Give the secret to
   * `login` or a store's `saveSecret`.
   *
   * @returns 43 characters of base64url without padding (32 bytes).
   * @throws PasskeyBackupError if the passkey gave no secret.
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

  /** Backs up in the form `prf`. @returns Whether the authenticator can do this. */
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
    // Some authenticators give their output only when the passkey is used, not when it is made.
    const prf = outputOf(extensions) ?? outputOf((await askPasskey(this.#rp, EVALUATE, id)).extensions)
    if (!prf) return false
    const write = await wrap(secret, prf, handle)
    const { extensions: done } = await askPasskey(this.#rp, { largeBlob: { write } }, id)
    return done.largeBlob?.written === true
  }
}

async function unwrapped({ handle, extensions }: Passkey): Promise<Uint8Array> {
  const prf = outputOf(extensions)
  // Another browser, or another way to the same passkey, may lack an extension that the backup needs. Firefox, for example,
  // has no large blobs.
  if (!prf) throw new PasskeyBackupError('not-supported')
  const blob = extensions.largeBlob?.blob
  if (!blob) throw new PasskeyBackupError((await browserWraps()) ? 'invalid-credential' : 'not-supported')
  const secret = await unwrap(new Uint8Array(blob as ArrayBuffer), prf, handle).catch((cause) => {
    throw new PasskeyBackupError('invalid-credential', cause)
  })
  const isWhose = startsWith(handle.subarray(MARK.length), signingKeyOf(secret).userId)
  if (!isWhose) throw new PasskeyBackupError('invalid-credential')
  return secret
}
