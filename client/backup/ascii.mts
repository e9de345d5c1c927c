/** Converts ASCII text to bytes, without `TextEncoder`, which may be missing when a module is loaded, as in jsdom. */
export const asciiToBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))
