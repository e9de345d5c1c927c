/** By no encoder of the platform's: where modules are loaded, as in jsdom, there may be none. */
export const asciiToBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (character) => character.charCodeAt(0))
