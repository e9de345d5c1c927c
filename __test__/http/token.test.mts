import assert from 'node:assert/strict'
import { it } from 'node:test'

import { answerTo, refuse } from '../../server/refusal.mts'
import { bearerIn, proofTokenIn } from '../../server/token.mts'

it('a body’s `proofToken` is its own, whatever it is', () => {
  for (const token of ['x', 42, null, ['x']]) assert.equal(proofTokenIn({ proofToken: token }), token)
  for (const body of [undefined, null, 'x', 7, [], {}, Object.create({ proofToken: 'x' })]) {
    assert.equal(proofTokenIn(body), undefined)
  }
})

it('a bearer token is what follows the scheme', () => {
  for (const [header, token] of [
    ['Bearer x.y.z', 'x.y.z'],
    ['bEaReR   x', 'x'],
    ['Bearer', ''],
    ['Bearer ', ''],
    ['Bearer x, Bearer y', 'x, Bearer y'],
    ['Bearerx', undefined],
    ['Basic x', undefined],
    ['DPoP x', undefined],
    [' Bearer x', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ] as const) {
    assert.equal(bearerIn(header), token, String(header))
  }
})

it('problem details are for who asks for them', () => {
  for (const [accept, type] of [
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['application/json', 'json'],
    ['application/problem+json', 'problem+json'],
    ['text/html, Application/Problem+JSON; q=0.5', 'problem+json'],
    ['application/problem+json;q=0', 'json'],
    ['application/problem+json; q=0.000', 'json'],
    ['application/problem+json; q=0.001', 'problem+json'],
  ] as const) {
    const { headers } = answerTo(refuse('missing', 'Nothing.'), accept)
    assert.equal(headers['content-type'], `application/${type}; charset=utf-8`, String(accept))
  }
})
