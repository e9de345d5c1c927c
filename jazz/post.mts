// One request to the registry: no cookies, no redirects, a deadline for headers and body, a limit on the answer's length.

import { AccountRegistryError } from './registry-error.mts'

/** What is sent, and how. */
export interface RegistryRequest {
  url: string
  headers: Readonly<Record<string, string>>
  /** The members of the JSON body. Default: no body. */
  body: object | undefined
  send: typeof fetch
  /** The deadline for the whole answer, in milliseconds. */
  milliseconds: number
}

/** What came back. */
export interface Answer {
  status: number
  body: string
}

/** The longest answer that is read, in bytes. An assignment has some 200. */
const MOST_BYTES = 65_536

/** Reads the body up to its limit. */
async function textOf(response: Response): Promise<string> {
  // React Native's `fetch` has no streams.
  if (!response.body) return response.text()
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    if (length > MOST_BYTES) {
      await reader.cancel()
      throw new AccountRegistryError('invalid_account_response', response.status)
    }
    text += decoder.decode(value, { stream: true })
  }
}

async function exchange({ url, headers, body, send }: RegistryRequest, signal: AbortSignal): Promise<Answer> {
  const response = await send(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
    // The answer of another server must not be taken for the registry's, and the token must not reach that server. Browsers
    // report a redirect that is not followed as status 0.
    redirect: 'manual',
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    signal,
  })
  return { status: response.status, body: await textOf(response) }
}

/** Sends a request once. @throws AccountRegistryError if there is no whole answer in time. */
export function post(request: RegistryRequest): Promise<Answer> {
  const controller = new AbortController()
  return new Promise((resolve, reject) => {
    // Not `AbortSignal.timeout`: a `fetch` of the app's own may ignore the signal.
    const timer = setTimeout(() => {
      reject(new AccountRegistryError('account_request_timeout'))
      controller.abort()
    }, request.milliseconds)
    exchange(request, controller.signal)
      .then(resolve, (cause) => {
        const isOurs = cause instanceof AccountRegistryError
        reject(isOurs ? cause : new AccountRegistryError('account_registry_unavailable', undefined, { cause }))
      })
      .finally(() => clearTimeout(timer))
  })
}
