// Reads what a token says, for people. Nothing is verified here: that is the server's part.

/** The parts of a token, decoded. */
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

/** Returns the token with some claims changed and its old signature, as a forger without the key would make it. */
export function withClaims(token: string, changed: Record<string, unknown>): string {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return `${header}.${encode({ ...decode(claims), ...changed })}.${signature}`
}
