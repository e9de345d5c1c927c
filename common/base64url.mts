// Base64url without padding (RFC 4648 §5), by what every platform has: a library's would be a tenth of the whole client.

// Browsers, workers, React Native and Node have them; no standard library of ECMAScript's declares them.
declare const atob: (base64: string) => string
declare const btoa: (binary: string) => string

/** Takes a few hundred bytes at most: they are arguments of one call. */
export const encodeBase64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** `undefined` for what is no base64url, is padded, or has last bits that are not canonical (RFC 4648 §3.5). */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return encodeBase64url(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}
