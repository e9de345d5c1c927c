// How a body is looked through for a proof, where no body parser of the framework has done so.

import { type Refusal, refuse } from './refusal.mts'

/** How much is looked through, in bytes: 1 MiB. */
export const MAX_BYTES = 1_048_576

/** Stands for a body that is larger than that. */
export const TOO_LARGE: Refusal = refuse('body-too-large', 'The body is too large.')

/** The forms that a proof is looked for in. */
export type Form = 'json' | 'urlencoded'

/** The form of a body; `undefined` if it is another one. */
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

/** What a body says; `undefined` if it is not of its form. */
export const parseBody = (form: Form, text: string): unknown =>
  form === 'json' ? parseJson(text) : new URLSearchParams(text)

/** Reads as much of a stream as may be; `undefined` if there is more. */
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
