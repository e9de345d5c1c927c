// Reads a body to look for a proof, if no body parser of the framework has read it.

import { type Refusal, refuse } from './refusal.mts'

/** The most bytes to read: 1 MiB. */
export const MAX_BYTES = 1_048_576

/** Stands for a body of more than 1 MiB. */
export const TOO_LARGE: Refusal = refuse('body-too-large', 'The body is too large.')

/** The types of bodies in which a proof is looked for. */
export type Form = 'json' | 'urlencoded'

/** The type of a body; `undefined` if no proof is looked for in it. */
export function formOf(contentType: string | null | undefined): Form | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/x-www-form-urlencoded') return 'urlencoded'
  return /^application\/(?:[^/]+\+)?json$/.test(type) ? 'json' : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Parses a body; `undefined` if it cannot be parsed. */
export const parseBody = (form: Form, text: string): unknown =>
  form === 'json' ? parseJson(text) : new URLSearchParams(text)

/** Reads a stream up to the limit; `undefined` if there is more. */
export async function readLimited(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > MAX_BYTES) return undefined
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
