import assert from 'node:assert/strict'
import { it } from 'node:test'

import { SessionCache } from '../../server/session-cache.mts'

const session = { userId: 'x', authMode: 'external', claims: {} } as const
const later = Math.floor(Date.now() / 1000) + 60

const filled = (keys: number, used?: string) => {
  const cache = new SessionCache()
  cache.set('first', session, later)
  for (let i = 1; i < keys; i++) {
    cache.set(String(i), session, later)
    if (used) cache.get(used)
  }
  return cache
}

it('remembers 5,000 sessions for certain, and 10,000 at most', () => {
  assert.equal(filled(5_000).get('first'), session)
  const cache = filled(10_000)
  assert.equal(cache.get('first'), undefined)
  const known = Array.from({ length: 9_999 }, (_, i) => cache.get(String(i + 1))).filter((one) => one === session)
  assert.ok(known.length >= 4_999 && known.length < 10_000, `${known.length} are known`)
})

it('keeps those that are used', () => {
  assert.equal(filled(50_000, 'first').get('first'), session)
})

it('replaces what it has', () => {
  const cache = filled(1)
  cache.set('first', { ...session, userId: 'y' }, later)
  assert.equal(cache.get('first')?.userId, 'y')
})

it('knows a token by its SHA-256', () => {
  assert.equal(SessionCache.keyOf('abc'), 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=')
})
