// What a browser does by itself and Node does not: cookies for each origin, and redirects across them.

export interface Browser {
  fetch: typeof fetch
  /** Opens a page and goes wherever it leads. */
  open(url: string): Promise<Response>
}

/** Keeps what a `Set-Cookie` says, or forgets it, which it says by a time that is over. */
function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = '', ...attributes] = cookie.split(';')
  const name = pair.slice(0, pair.indexOf('='))
  if (attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))) jar.delete(name)
  else jar.set(name, pair)
}

/** A browser with no cookies yet, which shows a page of this origin. */
export function createBrowser(origin: string): Browser {
  const jars = new Map<string, Map<string, string>>()

  const fetchWithCookies: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const jar = jars.get(url.origin) ?? new Map<string, string>()
    jars.set(url.origin, jar)
    const headers = new Headers(init.headers)
    if (jar.size > 0) headers.set('cookie', [...jar.values()].join('; '))
    if (init.method && init.method !== 'GET') headers.set('origin', origin)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie)
    return response
  }

  async function open(url: string): Promise<Response> {
    let next = new URL(url)
    for (let hops = 0; hops < 20; hops++) {
      const response = await fetchWithCookies(next)
      const location = response.headers.get('location')
      if (!location) return response
      await response.body?.cancel()
      next = new URL(location, next)
    }
    throw new Error(`${url} redirects without end`)
  }

  return { fetch: fetchWithCookies, open }
}
