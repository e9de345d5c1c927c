// Base64url without padding (RFC 4648 §5). It uses only what every platform has: a library for it would be a tenth of the
// whole client.

// Browsers, workers, React Native and Node have these two, but TypeScript's library for ECMAScript does not declare them.
declare const atob: (base64: string) => string
declare const btoa: (binary: string) => string

/** Encodes a few hundred bytes at most, because each byte becomes an argument of one call. */
export const encodeBase64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/**
 * Decodes a text to bytes. Returns `undefined` if the text is not base64url, is padded, or its last bits are not canonical
 * (RFC 4648 §3.5).
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return encodeBase64url(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}
