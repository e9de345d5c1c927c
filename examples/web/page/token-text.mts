// What a token says, for people to read. Nothing here judges one: that is the server's part.

/** A token's parts, in clear. */
export interface TokenText {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  /** As it is in the token, base64url. */
  signature: string
}

function decode(part: string): Record<string, unknown> {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0))))
}

const encode = (value: Record<string, unknown>): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** Reads a compact JWS (RFC 7515 §7.1) that this page has from its own device or its server. */
export function textOf(token: string): TokenText {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return { header: decode(header), claims: decode(claims), signature }
}

/** The same token with some claims changed, under the signature of the old ones, as somebody would who has no key. */
export function withClaims(token: string, changed: Record<string, unknown>): string {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return `${header}.${encode({ ...decode(claims), ...changed })}.${signature}`
}
