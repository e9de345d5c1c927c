import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'
import { getLocalFirstIdentityProof } from 'local-first-identity/client'
import { identityProof } from 'local-first-identity/express'
import { identities } from 'local-first-identity/testing'

const audience = 'my-app-signup'
const { secret } = identities.alice

describe('an option that does not exist', () => {
  /** What is thrown for it by a helper, by the client and by the addon. */
  for (const [given, meant] of [
    ['aud', 'audience'],
    ['Audience', 'audience'],
    ['audeince', 'audience'],
    ['audiences', 'audience'],
    ['ttlSeconds', 'maxTtlSeconds'],
    ['maxTtl', 'maxTtlSeconds'],
    ['maxTtlSecond', 'maxTtlSeconds'],
    ['isuers', 'issuers'],
    ['useproof', 'useProof'],
  ] as const) {
    it(`suggests the near name: ${given}`, () => {
      assert.throws(() => identityProof({ audience, [given]: 1 }), {
        name: 'TypeError',
        message: `identityProof: there is no option \`${given}\`; did you mean \`${meant}\`?`,
      })
    })
  }

  for (const given of ['', 'x', 'au', 'unrelated', 'store', `audience${'e'.repeat(100_000)}`]) {
    it(`suggests nothing where no name is near: ${given.slice(0, 20)}`, () => {
      assert.throws(() => identityProof({ audience, [given]: 1 }), {
        name: 'TypeError',
        message: `identityProof: there is no option \`${given}\``,
      })
    })
  }

  it('suggests the near name in the client', () => {
    assert.throws(() => getLocalFirstIdentityProof({ secret, audience, ttl: 60 } as never), {
      name: 'TypeError',
      message: 'getLocalFirstIdentityProof: there is no option `ttl`; did you mean `ttlSeconds`?',
    })
  })

  for (const [given, meant] of [
    ['maxTtl', 'maxTtlSeconds'],
    ['MAXTTLSECONDS', 'maxTtlSeconds'],
    ['clockSkew', 'clockSkewSeconds'],
    ['isuers', 'issuers'],
    ['issuer', 'issuers'],
    ['no', undefined],
    ['x', undefined],
    ['unknown', undefined],
    ['maxTtlSeconds'.repeat(10_000), undefined],
  ] as const) {
    it(`suggests the near name in the addon: ${given.slice(0, 20)}`, () => {
      const message = `options.${given} is not an option${meant ? `; did you mean options.${meant}?` : ''}`
      assert.throws(() => verifyLocalFirstIdentityProof('', audience, { [given]: 1 }), { name: 'TypeError', message })
    })
  }

  it('suggests the near name when the addon mints', () => {
    assert.throws(() => mintLocalFirstToken(secret, audience, 60, { issuers: 'anonymous' } as never), {
      name: 'TypeError',
      message: 'options.issuers is not an option; did you mean options.issuer?',
    })
  })
})
