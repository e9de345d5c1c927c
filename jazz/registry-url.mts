import { uuidOf } from '../common/audience.mts'
import { invalid } from '../common/options.mts'
import { formatUuid } from '../common/uuid.mts'

const PROTOCOLS: Readonly<Partial<Record<string, string>>> = {
  'http:': 'http:',
  'https:': 'https:',
  'ws:': 'http:',
  'wss:': 'https:',
}

/**
 * Returns the URL of an app at a Jazz server, `<server>/apps/<UUID of the app>`.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) if `serverUrl` is not an http, https, ws or wss URL, or has user info, a query or
 *   a hash.
 */
export function appUrl(name: string, serverUrl: string, appId: string): string {
  const url = URL.canParse(serverUrl) ? new URL(serverUrl) : undefined
  const protocol = url && PROTOCOLS[url.protocol]
  if (!url || !protocol || url.username || url.password || /[?#]/.test(serverUrl))
    invalid(name, '`serverUrl` must be an http(s) or ws(s) URL without user info, query and hash')
  const path = url.pathname.replace(/\/$/, '')
  return `${protocol}//${url.host}${path}/apps/${formatUuid(uuidOf('appId', appId))}`
}
