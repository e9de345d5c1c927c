// Does what a browser does and Node does not: keeps cookies for each origin, and sends them along redirects.

export interface Browser {
  fetch: typeof fetch
  /** Opens a page and follows its redirects. Ends at a response, or before a URL that starts with `stopBefore`. */
  open(url: string, stopBefore?: string): Promise<{ url: URL; response?: Response }>
  /** The cookies of the page's own origin, by name. */
  cookies: Map<string, string>
}

/** Keeps the cookie of a `Set-Cookie`. Deletes it if the cookie has expired. */
function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = '', ...attributes] = cookie.split(';')
  const [name = '', ...value] = pair.split('=')
  if (attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))) jar.delete(name)
  else jar.set(name, value.join('='))
}

/** Makes a browser without cookies that shows a page of this origin. */
export function createBrowser(origin: string): Browser {
  const jars = new Map([[origin, new Map<string, string>()]])
  const jarOf = (url: URL) => {
    const jar = jars.get(url.origin) ?? new Map<string, string>()
    jars.set(url.origin, jar)
    return jar
  }

  const fetchWithCookies: typeof fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const jar = jarOf(url)
    const headers = new Headers(init.headers)
    if (jar.size > 0) headers.set('cookie', Array.from(jar, ([name, value]) => `${name}=${value}`).join('; '))
    if (init.method && init.method !== 'GET') headers.set('origin', origin)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie)
    return response
  }

  const open: Browser['open'] = async (url, stopBefore = ' ') => {
    let next = new URL(url)
    for (let hops = 0; hops < 20; hops++) {
      if (next.href.startsWith(stopBefore)) return { url: next }
      const response = await fetchWithCookies(next)
      const location = response.headers.get('location')
      if (!location) return { url: next, response }
      await response.body?.cancel()
      next = new URL(location, next)
    }
    throw new Error(`${url} redirects without end`)
  }

  return { fetch: fetchWithCookies, open, cookies: jarOf(new URL(origin)) }
}
