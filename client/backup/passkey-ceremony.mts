// The two ceremonies of Web Authentication: making a passkey, and asking for one.

import { encodeBase64url } from '../../common/base64url.mts'
import { inTime, SHORT_PATIENCE_MS } from '../secrets/deadline.mts'
import { PasskeyBackupError, passkeyError } from './passkey-error.mts'

/** Whose passkeys they are: a domain, and the name that people see. */
export interface RelyingParty {
  id: string
  name: string
}

/** A passkey that was used. */
export interface Passkey {
  id: ArrayBuffer
  /** What it was made with, up to 64 bytes. */
  handle: Uint8Array<ArrayBuffer>
  extensions: AuthenticationExtensionsClientOutputs
}

const USER_VERIFIED = 0x04

// Nobody checks an answer to it: the passkey is a vault here, and signs nobody in.
const challenge = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(32))

/** The passkey's word for it that its owner was there: a face, a finger, a PIN (Web Authentication Level 3, §6.1). */
function checkVerified(authenticatorData: ArrayBuffer): void {
  const flags = new Uint8Array(authenticatorData)[32] ?? 0
  if (!(flags & USER_VERIFIED)) throw new PasskeyBackupError('not-verified')
}

/** What the browser answers, where it answers soon and not by an error: nobody's backup waits for an extra. */
export const orNothing = <T,>(service: string, answer: Promise<T>): Promise<T | undefined> =>
  inTime(service, SHORT_PATIENCE_MS, answer, () => true).catch(() => undefined)

/** Has the authenticator, where it can, take back a passkey that is no backup, so that nobody chooses it later. */
export async function withdraw({ id: rpId }: RelyingParty, id: ArrayBuffer): Promise<void> {
  const credentialId = encodeBase64url(new Uint8Array(id))
  const signalled = PublicKeyCredential.signalUnknownCredential?.({ rpId, credentialId })
  if (signalled) await orNothing('signalUnknownCredential', signalled)
}

/** @throws PasskeyBackupError with `not-supported` where there are no passkeys: an old browser, or a page without HTTPS. */
export function credentials(): CredentialsContainer {
  const container = globalThis.navigator?.credentials
  const response = globalThis.AuthenticatorAttestationResponse?.prototype
  if (!container || !globalThis.PublicKeyCredential || !response?.getAuthenticatorData)
    throw new PasskeyBackupError('not-supported')
  return container
}

/**
 * Has the person make a passkey. One of the same domain and handle takes the place of an older one in the same authenticator.
 *
 * @throws PasskeyBackupError
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
    // ES256, EdDSA and RS256: what authenticators have.
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
    // Password managers put objects of their own in the place of the browser's, and not all of it is there.
    throw passkeyError('create-failed', error)
  }
}

/**
 * Has the person use a passkey.
 *
 * @param id - Which one. Default: the person chooses among the domain's.
 * @throws PasskeyBackupError
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
