import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import fc from 'fast-check'
import { generateAuthSecret, RecoveryPhrase, RecoveryPhraseError } from 'local-first-identity/client'

const words = (count: number, word: string) => Array.from({ length: count }, () => word)
const encode = (byte: number) => Buffer.alloc(32, byte).toString('base64url')

// Of Trezor's reference implementation, which BIP-39 names: entropy and its words.
const REFERENCE: [secret: string, phrase: string][] = [
  [encode(0x00), `${words(23, 'abandon').join(' ')} art`],
  [
    encode(0x7f),
    'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title',
  ],
  [
    encode(0x80),
    'letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless',
  ],
  [encode(0xff), `${words(23, 'zoo').join(' ')} vote`],
]

describe('a recovery phrase', () => {
  it('has the words of BIP-39’s reference', () => {
    for (const [secret, phrase] of REFERENCE) {
      assert.equal(RecoveryPhrase.fromSecret(secret), phrase)
      assert.equal(RecoveryPhrase.toSecret(phrase), secret)
    }
  })

  it('brings any secret back, however it was typed', () => {
    const space = fc.array(fc.constantFrom(' ', '\n', '\t', '\u00a0', '\u3000', '\r\n'), { minLength: 1, maxLength: 4 })
    const typed = fc.array(fc.tuple(fc.boolean(), space), { minLength: 25, maxLength: 25 })
    fc.assert(
      fc.property(typed, (typed) => {
        const secret = generateAuthSecret()
        const phrase = RecoveryPhrase.fromSecret(secret).split(' ')
        assert.equal(phrase.length, 24)
        const said = phrase.map((word, index) => {
          const [upper, space] = typed[index] ?? [false, [' ']]
          return `${space.join('')}${upper ? word.toUpperCase() : word}`
        })
        assert.equal(RecoveryPhrase.toSecret(`${said.join('')}${typed[24]?.[1].join('')}`), secret)
      }),
    )
  })
})

describe('what is no recovery phrase', () => {
  const refused = (phrase: string) => {
    try {
      return assert.fail(RecoveryPhrase.toSecret(phrase))
    } catch (error) {
      assert.ok(error instanceof RecoveryPhraseError)
      assert.equal(error.name, 'RecoveryPhraseError')
      return error
    }
  }

  it('has another number of words', () => {
    for (const count of [0, 1, 12, 23, 25, 10_000]) {
      const { code, position, message } = refused(words(count, 'abandon').join(' '))
      assert.deepEqual([code, position], ['invalid-length', undefined])
      assert.equal(message, 'A recovery phrase has 24 words.')
    }
  })

  it('has a word that is not in the list: the error has its position, and not the word', () => {
    for (const wrong of ['abandonn', 'правда', '__proto__', 'constructor', 'aban\u0301don', 'ＡＢＡＮＤＯＮ']) {
      const phrase = words(24, 'abandon').with(6, wrong).with(20, wrong).join(' ')
      const error = refused(phrase)
      assert.deepEqual([error.code, error.position], ['invalid-word', 7])
      assert.equal(error.message, 'Word 7 is not one of the words of recovery phrases.')
      assert.ok(!JSON.stringify([error.stack, { ...error }, error.cause]).includes(wrong.slice(0, 9)), wrong)
    }
    assert.equal(refused(words(24, 'xx').join(' ')).position, 1)
    assert.equal(refused(words(24, 'zoo').with(23, 'xx').join(' ')).position, 24)
  })

  it('has words in another order, or another word', () => {
    const [, phrase = ''] = REFERENCE[1] ?? []
    for (const wrong of [phrase.split(' ').toReversed().join(' '), phrase.replace(/title$/, 'zoo')]) {
      const { code, message, cause } = refused(wrong)
      assert.deepEqual([code, cause], ['invalid-checksum', undefined])
      assert.equal(message, 'These words are no recovery phrase: one is wrong, or they are in another order.')
    }
  })

  it('is no text: the caller’s mistake', () => {
    for (const wrong of [undefined, null, 24, ['abandon']]) {
      assert.throws(() => RecoveryPhrase.toSecret(wrong as never), {
        name: 'TypeError',
        message: 'phrase must be a string',
      })
    }
  })

  it('is not made of what is no secret', () => {
    const secret = generateAuthSecret()
    for (const wrong of [
      '',
      secret.slice(1),
      `${secret}A`,
      `${secret}=`,
      `${secret.slice(0, 42)}B`,
      undefined,
      null,
      7,
    ]) {
      assert.throws(() => RecoveryPhrase.fromSecret(wrong as never), {
        name: 'RecoveryPhraseError',
        code: 'invalid-secret',
      })
    }
  })
})
