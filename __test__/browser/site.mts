// A site with nothing on it but the client, as an app would bundle it.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { bundleClient } from '../../benches/bundle-client.mts'

/** Keeps what a page has on its console, and its errors, in a variable `complaints`. */
const complain = `
  complaints = []
  for (const level of ['debug', 'error', 'info', 'log', 'warn']) console[level] = (...told) => complaints.push(told.map(String).join(' '))
  addEventListener('error', ({ message }) => complaints.push(message))
  addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)))`

/**
 * Serves pages that have what a module exports in a variable `exported`.
 *
 * @param contents - The module. Default: the whole client.
 * @returns The site's origin, and what stops it.
 */
export async function startSite(contents = `export * from 'local-first-identity/client'`) {
  const { code } = await bundleClient(contents, { format: 'iife' })
  const files: Record<string, [type: string, body: string]> = {
    '/': [
      'text/html',
      `<!doctype html><title>site</title><body><script>${complain}</script><script src="/client.js"></script>`,
    ],
    '/client.js': ['text/javascript', code],
    '/worker.js': ['text/javascript', `${code}\nonmessage = async ({ data }) => postMessage(await eval(data)())`],
  }
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', '']
    response.setHeader('content-type', `${type}; charset=utf-8`).end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export type Site = Awaited<ReturnType<typeof startSite>>
