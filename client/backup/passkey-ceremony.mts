// The two ceremonies of Web Authentication: making a passkey, and using one.

import { encodeBase64url } from '../../common/base64url.mts'
import { inTime, SHORT_PATIENCE_MS } from '../secrets/deadline.mts'
import { PasskeyBackupError, passkeyError } from './passkey-error.mts'

/** The owner of the passkeys: a domain, and the name that people see. */
export interface RelyingParty {
  id: string
  name: string
}

/** A passkey that was made or used. */
export interface Passkey {
  id: ArrayBuffer
  /** The user handle that it was made with, up to 64 bytes. */
  handle: Uint8Array<ArrayBuffer>
  extensions: AuthenticationExtensionsClientOutputs
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04

// No server checks the answer: the passkey only keeps a secret here, and does not sign anyone in.
const challenge = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(32))

/**
 * Checks the flags with which a passkey says that a person was there, and that it verified who, for example by face, finger
 * or PIN (Web Authentication Level 3, §6.1). The browser asked for both, so an answer without one of them is not its own.
 */
function checkVerified(authenticatorData: ArrayBuffer): void {
  const flags = new Uint8Array(authenticatorData)[32] ?? 0
  const isVerified = flags & USER_PRESENT && flags & USER_VERIFIED
  if (!isVerified) throw new PasskeyBackupError('verification-failed')
}

/** Returns the browser's answer; `undefined` if it is late or an error. A backup must not wait for an optional service. */
export const orNothing = <T,>(service: string, answer: Promise<T>): Promise<T | undefined> =>
  inTime(service, SHORT_PATIENCE_MS, answer, () => true).catch(() => undefined)

/** Asks the authenticator, if it can, to remove a passkey that has no backup, so that the person cannot choose it later. */
export async function withdraw({ id: rpId }: RelyingParty, id: ArrayBuffer): Promise<void> {
  const credentialId = encodeBase64url(new Uint8Array(id))
  const signalled = PublicKeyCredential.signalUnknownCredential?.({ rpId, credentialId })
  if (signalled) await orNothing('signalUnknownCredential', signalled)
}

/** @throws PasskeyBackupError (`not-supported`) if there are no passkeys: in an old browser, or a page without HTTPS. */
export function credentials(): CredentialsContainer {
  const container = globalThis.navigator?.credentials
  const response = globalThis.AuthenticatorAttestationResponse?.prototype
  if (!container || !globalThis.PublicKeyCredential || !response?.getAuthenticatorData)
    throw new PasskeyBackupError('not-supported')
  return container
}

/**
 * Asks the person to make a passkey. It replaces an older one of the same domain and handle in the same authenticator.
 *
 * @throws PasskeyBackupError if no passkey was made.
 */
export async function makePasskey(
  rp: RelyingParty,
  handle: Uint8Array<ArrayBuffer>,
  displayName: string,
  extensions: AuthenticationExtensionsClientInputs,
): Promise<Passkey> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    rp,
    user: { id: handle, name: displayName, displayName },
    challenge: challenge(),
    // ES256, EdDSA and RS256: the algorithms that authenticators have.
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    extensions,
  }
  const made = await credentials()
    .create({ publicKey })
    .catch((error) => {
      throw passkeyError('create-failed', error)
    })
  if (!made) throw new PasskeyBackupError('create-failed')
  const credential = made as PublicKeyCredential
  try {
    checkVerified((credential.response as AuthenticatorAttestationResponse).getAuthenticatorData())
    return { id: credential.rawId, handle, extensions: credential.getClientExtensionResults() ?? {} }
  } catch (error) {
    await withdraw(rp, credential.rawId)
    // Some password managers replace the browser's objects with their own, in which some members are missing.
    throw passkeyError('create-failed', error)
  }
}

/**
 * Asks the person to use a passkey.
 *
 * @param id - The passkey to use. Default: the person chooses one of the domain's.
 * @throws PasskeyBackupError if no passkey was used.
 */
export async function askPasskey(
  rp: RelyingParty,
  extensions: AuthenticationExtensionsClientInputs,
  id?: ArrayBuffer,
): Promise<Passkey> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    rpId: rp.id,
    challenge: challenge(),
    allowCredentials: id ? [{ type: 'public-key', id }] : [],
    userVerification: 'required',
    extensions,
  }
  const used = await credentials()
    .get({ publicKey })
    .catch((error) => {
      throw passkeyError('get-failed', error)
    })
  if (!used) throw new PasskeyBackupError('no-credential')
  const credential = used as PublicKeyCredential
  try {
    const { authenticatorData, userHandle } = credential.response as AuthenticatorAssertionResponse
    checkVerified(authenticatorData)
    return {
      id: credential.rawId,
      handle: new Uint8Array(userHandle ?? []),
      extensions: credential.getClientExtensionResults() ?? {},
    }
  } catch (error) {
    throw passkeyError('get-failed', error)
  }
}
