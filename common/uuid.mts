// UUIDs as bytes and as text (RFC 9562).

import { sha1 } from '@noble/hashes/legacy.js'
import { concatBytes } from '@noble/hashes/utils.js'

const HYPHENATED = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
const SIMPLE = /^[\da-f]{32}$/i

// Written by hand: the library's functions, for any text, would be a fiftieth of the whole client.
const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The DNS namespace (RFC 9562 §6.6). */
export const DNS: Uint8Array = /* @__PURE__ */ fromHex('6ba7b8109dad11d180b400c04fd430c8')

/** Formats 16 bytes in the normal form: lower case, hyphenated, 36 characters. */
export const formatUuid = (bytes: Uint8Array): string =>
  toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

/**
 * Parses a UUID to its 16 bytes. It may have any form that an audience may have: hyphenated, simple, braced or `urn:uuid:`,
 * with hex in any case. Returns `undefined` for any other text.
 */
export function parseUuid(text: string): Uint8Array | undefined {
  const bare = /^\{(.{36})\}$/.exec(text)?.[1] ?? /^urn:uuid:(.{36})$/.exec(text)?.[1]
  const isUuid = HYPHENATED.test(bare ?? text) || (bare === undefined && SIMPLE.test(text))
  return isUuid ? fromHex((bare ?? text).replaceAll('-', '')) : undefined
}

/** Makes a UUID from a name: the first 16 bytes of SHA-1(namespace ‖ name), with version 5 (RFC 9562 §5.5). */
export function uuidV5(namespace: Uint8Array, name: Uint8Array): Uint8Array<ArrayBuffer> {
  const uuid = Uint8Array.from(sha1(concatBytes(namespace, name)).subarray(0, 16))
  const view = new DataView(uuid.buffer)
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x50)
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80)
  return uuid
}
