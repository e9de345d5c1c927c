// A secret that only one passkey opens: encrypted under what its PRF extension gives for a fixed input.

import { asciiToBytes } from './ascii.mts'

const LABEL = 'local-first-identity passkey backup v1'
const IV_BYTES = 12

/** What every passkey is asked for. The browser hashes it with a prefix of its own (Web Authentication Level 3, §10.1.4). */
export const PRF_INPUT: Uint8Array<ArrayBuffer> = asciiToBytes(LABEL)

/** HKDF-SHA-256 (RFC 5869) of the passkey's output, which is 32 random bytes and needs no salt. */
async function keyFrom(prf: BufferSource): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', prf, 'HKDF', false, ['deriveKey'])
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: PRF_INPUT }
  return crypto.subtle.deriveKey(hkdf, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/**
 * Encrypts a secret by AES-256-GCM (NIST SP 800-38D).
 *
 * @param prf - What the passkey gave, 32 bytes.
 * @param handle - The passkey's user handle, which the result holds for alone.
 * @returns The initialisation vector, 12 bytes, the ciphertext and its tag: 60 bytes for a secret of 32.
 */
export async function wrap(
  secret: Uint8Array<ArrayBuffer>,
  prf: BufferSource,
  handle: BufferSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const algorithm = { name: 'AES-GCM', iv, additionalData: handle }
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, await keyFrom(prf), secret))
  const wrapped = new Uint8Array(IV_BYTES + ciphertext.length)
  wrapped.set(iv)
  wrapped.set(ciphertext, IV_BYTES)
  return wrapped
}

/** @throws DOMException if it is not what `wrap` gave for this passkey and handle. */
export async function unwrap(
  wrapped: Uint8Array<ArrayBuffer>,
  prf: BufferSource,
  handle: BufferSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: 'AES-GCM', iv: wrapped.subarray(0, IV_BYTES), additionalData: handle }
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, await keyFrom(prf), wrapped.subarray(IV_BYTES)))
}
