// The body of a WHATWG request, looked through for a proof. The request stays unread for the handler.

import { type Refusal, refuse } from './refusal.mts'

/** How much is looked through, in bytes: 1 MiB. */
export const MAX_BYTES = 1_048_576

/** Stands for a body that is larger than that. */
export const TOO_LARGE: Refusal = refuse('body-too-large', 'The body is too large.')

/** How a body is to be read; `undefined` for one that no proof is looked for in. */
export function formOf(contentType: string | null | undefined): 'json' | 'urlencoded' | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/x-www-form-urlencoded') return 'urlencoded'
  return /^application\/(?:[^/]+\+)?json$/.test(type) ? 'json' : undefined
}

/** The JSON value of a text; `undefined` if it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A token that stands twice is no token: it stays an array. */
function parseUrlencoded(text: string): unknown {
  const tokens = new URLSearchParams(text).getAll('proofToken')
  return tokens.length > 1 ? { proofToken: tokens } : { proofToken: tokens[0] }
}

/** What a proof is looked for in. */
export const parseBody = (form: 'json' | 'urlencoded', text: string): unknown =>
  form === 'json' ? parseJson(text) : parseUrlencoded(text)

async function readText(stream: ReadableStream<Uint8Array>): Promise<string | typeof TOO_LARGE> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.byteLength
    if (length > MAX_BYTES) {
      // Not awaited: a copy's stream ends only with the original's, which the handler has.
      reader.cancel().catch(() => undefined)
      return TOO_LARGE
    }
    chunks.push(next.value)
  }
  return Buffer.concat(chunks).toString()
}

/**
 * Reads a copy of a request's body: JSON or a form.
 *
 * @returns The parsed body; `undefined` if it is of another form; {@link TOO_LARGE}.
 * @throws TypeError if the body was read before.
 */
export async function readBody(request: Request): Promise<unknown> {
  const form = formOf(request.headers.get('content-type'))
  if (!form) return undefined
  if (request.bodyUsed) throw new TypeError('identityProof: call it before the body of `request` is read')
  if (Number(request.headers.get('content-length')) > MAX_BYTES) return TOO_LARGE
  const { body } = request.clone()
  const text = body ? await readText(body) : ''
  if (text === TOO_LARGE) return TOO_LARGE
  return parseBody(form, text as string)
}
