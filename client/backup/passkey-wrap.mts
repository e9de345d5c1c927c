// Encrypts a secret so that only one passkey can open it: under the output of its PRF extension for a fixed input.

import { asciiToBytes } from './ascii.mts'

const LABEL = 'local-first-identity passkey backup v1'
const IV_BYTES = 12

/** The input for every passkey. The browser hashes it with a prefix of its own (Web Authentication Level 3, §10.1.4). */
export const PRF_INPUT: Uint8Array<ArrayBuffer> = asciiToBytes(LABEL)

/** Derives the key by HKDF-SHA-256 (RFC 5869). The passkey's output is 32 random bytes, so it needs no salt. */
async function keyFrom(prf: BufferSource): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', prf, 'HKDF', false, ['deriveKey'])
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: PRF_INPUT }
  return crypto.subtle.deriveKey(hkdf, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/**
 * Encrypts a secret by AES-256-GCM (NIST SP 800-38D).
 *
 * @param prf - The passkey's PRF output, 32 bytes.
 * @param handle - The passkey's user handle. The result can only be decrypted with the same handle.
 * @returns The initialisation vector (12 bytes), the ciphertext and its tag: 60 bytes for a secret of 32.
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

/**
 * Decrypts the result of `wrap`.
 *
 * @throws DOMException if it is not what `wrap` returned for this passkey and handle.
 */
export async function unwrap(
  wrapped: Uint8Array<ArrayBuffer>,
  prf: BufferSource,
  handle: BufferSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: 'AES-GCM', iv: wrapped.subarray(0, IV_BYTES), additionalData: handle }
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, await keyFrom(prf), wrapped.subarray(IV_BYTES)))
}
