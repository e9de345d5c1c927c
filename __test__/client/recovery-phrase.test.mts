import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wordlist } from '@scure/bip39/wordlists/english.js'
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

const SECRET = 'JZVwS5xHaPnWGxuTsQwPp9bEjKOyHmVZvWrzBGvU0Yg'
const WORDS = RecoveryPhrase.fromSecret(SECRET).split(' ')
/** The words, in the form that `write` gives each. */
const each = (write: (word: string, number: number) => string, separator = ' ') =>
  WORDS.map((word, index) => write(word, index + 1)).join(separator)
const capital = (word: string) => `${word[0]?.toUpperCase()}${word.slice(1)}`
/** ASCII as characters of another block, where `first` stands for `a`. */
const inBlock = (first: number) => (word: string) =>
  String.fromCodePoint(...Array.from(word, (letter) => first + letter.charCodeAt(0) - 97))
const halved = (between: string) => each((word) => `${word.slice(0, 2)}${between}${word.slice(2)}`)
/** A table of two columns, read row by row. */
const columns = (first: string, second: string, write: (number: number, word: string) => string) =>
  WORDS.slice(0, 12)
    .map((word, row) => `${first}${write(row + 1, word)}${second}${write(row + 13, WORDS[row + 12] ?? '')}`)
    .join('\n')

const roman = (number: number) =>
  `${'x'.repeat(Math.floor(number / 10))}${['', 'i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix'][number % 10]}`
/** By the characters that Unicode has for numerals: ten, and those up to nine. */
const unicodeRoman = (number: number) =>
  `${'Ⅹ'.repeat(Math.floor(number / 10))}${number % 10 > 0 ? String.fromCodePoint(0x215f + (number % 10)) : ''}`

const FORMS: Record<string, string> = {
  'numbered, one a line': each((word, number) => `${number}. ${word}`, '\n'),
  'numbered, in a row': each((word, number) => `${number}) ${word}`),
  'numbered, with zeros': each((word, number) => `${String(number).padStart(2, '0')} ${word}`, '\t'),
  'numbered, without a space': each((word, number) => `${number}${word}`, ''),
  'numbers behind the words': each((word, number) => `${word} (${number})`, ', '),
  'numbers in circles': each(
    (word, number) => `${String.fromCodePoint(number <= 20 ? 0x245f + number : 0x3250 + number - 20)} ${word}`,
  ),
  'numbers in key caps': each((word, number) => `${String(number).replace(/\d/g, '$&\ufe0f\u20e3')} ${word}`),
  'numbers with a label': each((word, number) => `Word ${number}: ${word}`, '\n'),
  'numbers with a label of another language': each((word, number) => `слово №${number} ${word}`, '\n'),
  'two columns, read row by row': columns('', '\t', (number, word) => `${number}. ${word}`),
  'a table of Markdown': columns('| ', ' | ', (number, word) => `${number} | ${word}`),
  'numbered from zero': each((word, number) => `${number - 1}: ${word}`),
  'two columns from zero': columns('', '\t', (number, word) => `${number - 1} ${word}`),
  'two columns with a date above': `25-11-2026\n${columns('', '\t', (number, word) => `${number}. ${word}`)}`,
  'two columns with a date below': `${columns('', '\t', (number, word) => `${number}. ${word}`)}\n25-11-2026`,
  'numbered, with a date above': `2026-11-25\n${each((word, number) => `${number}. ${word}`)}`,
  'numbers that count lines': each((word, number) => (number % 4 === 1 ? `${(number + 3) / 4}: ${word}` : word)),
  'a date and the words': `2026-11-25\n${WORDS.join(' ')}`,
  'letters as numbers': each((word, number) => `${String.fromCharCode(96 + number)}) ${word}`, '\n'),
  'Roman numerals': each((word, number) => `${roman(number)}. ${word}`, '\n'),
  'Roman numerals of one character': each((word, number) => `${unicodeRoman(number)} ${word}`),
  'letters, in two columns': columns('', '\t', (number, word) => `${String.fromCharCode(96 + number)}) ${word}`),
  'Roman numerals, in two columns': columns('', '\t', (number, word) => `${roman(number)}. ${word}`),
  'Roman numerals of one character, in two columns': columns(
    '',
    '\t',
    (number, word) => `${unicodeRoman(number)} ${word}`,
  ),
  'the numbers, then the words': `${each((_, number) => String(number))}\n${WORDS.join(' ')}`,
  'the words, then the numbers': `${WORDS.join(' ')}\n${each((_, number) => `${number}.`)}`,
  'numbers behind the words, and a note': `${each((word, number) => `${word} #${number}`)} keep safe`,
  'numbers with a label, and a note': `${each((word, number) => `word #${number} ${word}`)} keep safe`,
  bullets: each((word) => `• ${word}`, '\n'),
  'a list of Markdown': each((word) => `- [ ] **${word}**`, '\n'),
  'a quoted mail': each((word) => `> ${word}`, '\r\n'),
  commas: WORDS.join(', '),
  'commas alone': WORDS.join(','),
  hyphens: WORDS.join('-'),
  underscores: WORDS.join('_'),
  'slashes, dots and pipes': each((word, number) => `${word}${['/', '.', ' | '][number % 3]}`, ''),
  'Japanese punctuation': WORDS.join('、'),
  'quotation marks': `"${WORDS.join(' ')}"`,
  'quotation marks of three languages': each(
    (word, number) => ['“x”', '„x“', '«x»'][number % 3]?.replace('x', word) ?? '',
  ),
  JSON: JSON.stringify(WORDS),
  'JSON of lines': JSON.stringify(WORDS.join('\n')),
  'a full stop at the end': `${WORDS.join(' ')}.`,
  'zero width spaces beside spaces': WORDS.join('\u200b '),
  'zero width spaces for spaces': WORDS.join('\u200b'),
  'zero width spaces in the words': halved('\u200b'),
  'soft hyphens': halved('\u00ad'),
  'a byte order mark and controls of direction': `\ufeff\u202a${each((word) => `\u2066${word}\u2069`)}\u202c\u200f`,
  'word joiners and variation selectors': each((word) => `\u2060${word}\ufe0f`),
  'a null character at the end': `${WORDS.join(' ')}\0`,
  'spaces of other widths': each((word, number) => `${word}${'\u00a0\u2003\u202f\u3000\u2028\u0085'[number % 6]}`, ''),
  capitals: WORDS.join(' ').toUpperCase(),
  'a capital at each start': each(capital),
  'capitals for spaces': each(capital, ''),
  'capitals of a Turkish keyboard': each((word) => word.toLocaleUpperCase('tr')),
  'small letters of a Turkish keyboard': WORDS.join(' ').toUpperCase().toLocaleLowerCase('tr'),
  'full-width letters': each(inBlock(0xff41)),
  'bold letters of mathematics': each(inBlock(0x1d41a)),
  'letters in circles': each(inBlock(0x24d0)),
  ligatures: WORDS.join(' ').replaceAll('fi', 'ﬁ').replaceAll('fl', 'ﬂ').replaceAll('ff', 'ﬀ'),
  accents: WORDS.join(' ').replaceAll('e', 'é').replaceAll('a', 'ä').replaceAll('n', 'n\u0303'),
  'split over lines': halved('\n'),
  'split over lines, with hyphens': halved('-\r\n  '),
  'a space in each word': halved(' '),
  'the first four letters': each((word) => word.slice(0, 4)),
  'the first four letters, numbered': each((word, number) => `${number}.${word.slice(0, 4).toUpperCase()}`, '\n'),
  'the first five letters': each((word) => word.slice(0, 5)),
}

describe('a recovery phrase as people have it', () => {
  for (const [form, text] of Object.entries(FORMS)) {
    it(form, () => assert.equal(RecoveryPhrase.toSecret(text), SECRET))
  }

  it('may have words that are two words when they are split', () => {
    const phrase =
      'airport artwork bargain carpet cupboard eyebrow kitten lawsuit manage network office runway someone useless weekend airport artwork bargain carpet cupboard eyebrow kitten'
    const words = `${phrase} lawsuit`.split(' ')
    const last = wordlist.find((word) => {
      try {
        return RecoveryPhrase.toSecret([...words, word].join(' '))
      } catch {
        return false
      }
    })
    const all = [...words, last]
    const secret = RecoveryPhrase.toSecret(all.join(' '))
    for (const [index, [head, tail]] of Object.entries({
      0: ['air', 'port'],
      9: ['net', 'work'],
      22: ['law', 'suit'],
    })) {
      const split = all.with(Number(index), `${head}\n${tail}`).join(' ')
      assert.equal(RecoveryPhrase.toSecret(split), secret, split)
    }
  })

  it('brings any secret back in each mixture of marks', () => {
    const mark = fc.constantFrom(' ', '\n', ', ', '; ', ' \u200b', ' – ', '\u202b "', '\t| ', ' … ', '\ufeff\n* ')
    const change = fc.constantFrom<(word: string) => string>(
      (word) => word,
      (word) => word.toUpperCase(),
      (word) => word.toLocaleUpperCase('tr'),
      (word) => word.slice(0, 4),
      (word) => `${word.slice(0, 3)}\u00ad${word.slice(3)}`,
      (word) => `${word.slice(0, 2)}-\n${word.slice(2)}`,
      (word) => inBlock(0xff41)(word),
    )
    const written = fc.array(fc.tuple(change, mark), { minLength: 24, maxLength: 24 })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), written, (bytes, written) => {
        const secret = Buffer.from(bytes).toString('base64url')
        const words = RecoveryPhrase.fromSecret(secret).split(' ')
        const text = written.map(([change, mark], index) => `${mark}${change(words[index] ?? '')}`).join('')
        assert.equal(RecoveryPhrase.toSecret(text), secret)
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
      assert.equal(message, `A recovery phrase has 24 words, and this has ${count}.`)
    }
  })

  it('has a word that is not in the list: the error has its position, and not the word', () => {
    for (const wrong of ['abandonn', 'constructor', 'abanxx', 'ABANDONNED', 'ab']) {
      const phrase = words(24, 'abandon').with(6, wrong).with(20, wrong).join(' ')
      const error = refused(phrase)
      assert.deepEqual([error.code, error.position], ['invalid-word', 7])
      assert.equal(error.message, 'Word 7 is not one of the words of recovery phrases.')
      assert.ok(!JSON.stringify([error.stack, { ...error }, error.cause]).includes(wrong), wrong)
    }
    assert.equal(refused(words(24, 'xx').join(' ')).position, 1)
    assert.equal(refused(words(24, 'zoo').with(23, 'xx').join(' ')).position, 24)
  })

  it('has letters of another alphabet: the error says so', () => {
    // The second has a Cyrillic а; the third is `abandon` on a keyboard that is set to Russian.
    for (const wrong of ['правда', '\u0430bandon', 'фифтвщт', 'あ', 'abandøn', 'ὰ', 'straße']) {
      const error = refused(words(24, 'abandon').with(6, wrong).with(20, 'xx').join(' '))
      assert.deepEqual([error.code, error.position], ['invalid-letter', 7])
      assert.equal(error.message, 'Word 7 has a letter that is not from A to Z.')
      assert.ok(!JSON.stringify([error.stack, { ...error }, error.cause]).includes(wrong), wrong)
    }
  })

  it('has too many words, or too few, and one that is not in the list', () => {
    for (const [phrase, position, count] of [
      [`My phrase ${WORDS.join(' ')}`, 1, 26],
      [[...WORDS.slice(0, 22), 'xx'].join(' '), 23, 23],
    ] as const) {
      const error = refused(phrase)
      assert.deepEqual([error.code, error.position], ['invalid-length', position])
      assert.equal(
        error.message,
        `A recovery phrase has 24 words, and this has ${count}. Word ${position} is not one of the words of recovery phrases.`,
      )
    }
  })

  it('has a number without a word: the error has the number', () => {
    const phrase = each((word, number) => `${number}. ${number === 5 ? '____' : word}`, '\n')
    const { code, position } = refused(phrase)
    assert.deepEqual([code, position], ['invalid-word', 5])
  })

  it('has numbers that are no order: it is not read in another one', () => {
    for (const phrase of [
      each((word, number) => `${number === 7 ? 8 : number}. ${word}`),
      each((word, number) => `${number + 4}. ${word}`),
      `${each((word, number) => `${number}. ${word}`)} 25. xx 27. yy`.replace('3. ', '33. '),
    ]) {
      const { code, position, message } = refused(phrase)
      assert.deepEqual([code, position], ['invalid-numbers', undefined])
      assert.equal(message, 'The words are numbered, but not from 1 to 24, each once.')
    }
  })

  it('has its numbers in another order than its words', () => {
    assert.equal(refused(each((word, number) => `${25 - number}. ${word}`)).code, 'invalid-checksum')
  })

  it('is long, and can be split in many ways: the answer comes at once', () => {
    assert.equal(refused(words(96, 'air port').join(' ')).code, 'invalid-length')
    assert.equal(refused(words(18, 'air port').join('\n')).code, 'invalid-length')
    assert.equal(refused('a'.repeat(100_000)).code, 'invalid-length')
    assert.equal(refused('1'.repeat(100_000)).code, 'invalid-length')
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
