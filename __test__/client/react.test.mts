// The hook on a server. In a browser: ../browser/react.test.mts.

import assert from 'node:assert/strict'
import { it } from 'node:test'

import { createLocalFirstAuth, generateAuthSecret, MemoryAuthSecretStore } from 'local-first-identity/client'
import { useLocalFirstAuth } from 'local-first-identity/client/react'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'

it('is loading on a server, whatever the store has, and makes no secret there', async () => {
  const store = new MemoryAuthSecretStore()
  const auth = createLocalFirstAuth(store)
  await auth.login(generateAuthSecret())
  for (const args of [[], [auth]] as const) {
    const Page = () => JSON.stringify(useLocalFirstAuth(...args))
    const html = renderToString(createElement(Page)).replaceAll('&quot;', '"')
    assert.deepEqual(JSON.parse(html), { secret: null, isLoading: true, error: null })
  }
})
