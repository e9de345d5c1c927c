import assert from 'node:assert/strict'
import { it } from 'node:test'

import { SessionCache } from '../../integrations/http/session-cache.mts'

const session = { userId: 'x', authMode: 'external', claims: {} } as const
const later = Math.floor(Date.now() / 1000) + 60

it('remembers 10,000 sessions, those used last', () => {
  const cache = new SessionCache()
  for (let i = 0; i < 10_000; i++) cache.set(String(i), session, later)
  assert.equal(cache.get('0'), session)
  cache.set('one more', session, later)
  assert.equal(cache.get('1'), undefined)
  assert.equal(cache.get('0'), session)
  assert.equal(cache.get('2'), session)
  assert.equal(cache.get('one more'), session)
})

it('knows a token by its SHA-256', () => {
  assert.equal(SessionCache.keyOf('abc'), 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=')
})
