import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

import { createIdentityProofVerifier, verifyLocalFirstIdentityProof } from 'local-first-identity'
import { badProofs } from 'local-first-identity/testing'

import { audience, goodToken, now, vectors } from './support.mts'

const bad = [undefined, null, '', 'x', 'x'.repeat(2_049), '..', 1, {}, [goodToken], `${goodToken}.`]

describe('a verifier', () => {
  it('says of the recorded proofs what the function says', () => {
    for (const fact of vectors.tokens) {
      const options = { issuers: ['local-first', 'anonymous'], maxTtlSeconds: 86_400, now: fact.issuedAt } as const
      const verdict = createIdentityProofVerifier(fact.audience, options)(fact.token)
      assert.equal(verdict.ok, true)
      assert.deepEqual(verdict, verifyLocalFirstIdentityProof(fact.token, fact.audience, options))
    }
  })

  it('says of bad proofs what the function says', () => {
    const verifier = createIdentityProofVerifier(audience, { now })
    for (const token of [...bad, ...badProofs(audience, { now }).map((proof) => proof.token)]) {
      const verdict = verifier(token)
      assert.equal(verdict.ok, false)
      assert.deepEqual(verdict, verifyLocalFirstIdentityProof(token, audience, { now }))
    }
  })

  it('goes by the system clock unless told otherwise', () => {
    assert.equal(createIdentityProofVerifier(audience)(goodToken).code, 'expired')
  })

  it('reads its options once', () => {
    let reads = 0
    const issuers: 'local-first'[] = ['local-first']
    const options = {
      issuers,
      get now() {
        reads++
        return now
      },
    }
    const verifier = createIdentityProofVerifier(audience, options)
    issuers.length = 0
    const before = reads
    assert.equal(verifier(goodToken).ok, true)
    assert.equal(reads, before)
  })

  it('refuses what the function refuses, when it is made', () => {
    for (const [wrong, options] of [
      [''],
      [1],
      [undefined],
      [audience, null],
      [audience, { maxTTLSeconds: 60 }],
      [audience, { maxTtlSeconds: 0 }],
      [audience, { issuers: [] }],
    ]) {
      const thrown = (call: () => unknown): unknown => {
        try {
          return call()
        } catch (error) {
          const { name, code, message } = error as Error & { code: string }
          return { name, code, message }
        }
      }
      const args = [wrong, options] as [string, object]
      const expected = thrown(() => verifyLocalFirstIdentityProof(goodToken, ...args)) as { name: string }
      assert.match(expected.name, /^(?:Type|Range)Error$/)
      assert.deepEqual(
        thrown(() => createIdentityProofVerifier(...args)),
        expected,
      )
    }
  })

  it('takes no token for a missing one', () => {
    assert.equal(createIdentityProofVerifier(audience)().code, 'missing')
  })

  it('gives a new object each time, which is the caller’s to change', () => {
    const verifier = createIdentityProofVerifier(audience)
    const [one, other] = [verifier(''), verifier('')]
    assert.notEqual(one, other)
    one.code = 'expired'
    assert.equal(other.code, 'missing')
    assert.deepEqual(verifier(''), other)
  })
})

describe('a refusal near the end of the stack', () => {
  it('is a RangeError of the caller’s, and no crash', () => {
    const code = `
      import { createIdentityProofVerifier, verifyLocalFirstIdentityProof } from 'local-first-identity'
      const verify = createIdentityProofVerifier('app')
      for (const call of [() => verify('x'), () => verifyLocalFirstIdentityProof('x', 'app')]) {
        call()
        const deeper = () => (call(), deeper())
        try {
          deeper()
        } catch (error) {
          console.log(error.name, call().code)
        }
      }`
    const args = ['--input-type=module', '--eval', code]
    const { status, stdout } = spawnSync(process.execPath, args, {
      cwd: new URL('..', import.meta.url),
      encoding: 'utf8',
    })
    assert.equal(stdout, 'RangeError malformed\nRangeError malformed\n')
    assert.equal(status, 0)
  })
})
