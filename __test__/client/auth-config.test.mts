import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { resolveAuthConfig } from 'local-first-identity/client'

describe('resolveAuthConfig', () => {
  it('gives the JWT if there is one, else the secret, else neither, and never both', () => {
    for (const secret of [undefined, null, '', 's']) {
      for (const jwt of [undefined, null, '', 'j']) {
        const expected = jwt ? { jwtToken: 'j' } : secret ? { secret: 's' } : {}
        assert.deepEqual(
          resolveAuthConfig({ ...(jwt !== undefined && { jwt }), ...(secret !== undefined && { secret }) }),
          expected,
        )
      }
    }
  })
})

describe('resolveAuthConfig, misused', () => {
  it('takes no option that there is not, and none that is inherited', () => {
    assert.throws(() => resolveAuthConfig({ jwtToken: 'j' } as never), {
      name: 'TypeError',
      message: 'resolveAuthConfig: there is no option `jwtToken`; did you mean `jwt`?',
    })
    assert.deepEqual(resolveAuthConfig({ secret: 's', ...JSON.parse('{}') }), { secret: 's' })
    assert.throws(() => resolveAuthConfig(Object.create({ jwt: 'j' })), TypeError)
  })
})
