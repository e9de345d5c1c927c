import type { session } from 'local-first-identity/fetch'

/** A request with a bearer token. */
export const bearer = (token: string): Request =>
  new Request('http://localhost', { headers: { authorization: `Bearer ${token}` } })

/** Whose request it was, or the code of the refusal. */
export const outcome = async (result: Awaited<ReturnType<ReturnType<typeof session>>>): Promise<string> =>
  result.ok ? result.userId : (await result.response.json()).code
