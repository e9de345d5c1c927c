// npm run check:prose: what it reads, and what it reports.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { passagesOf } from '../scripts/prose/passages.mjs'
import { bannedIn, measure, sentencesIn } from '../scripts/prose/rules.mjs'

const texts = (path: string, source: string) => passagesOf(path, source).map(({ text }) => text)

describe('the prose of a file', () => {
  it('is the paragraphs, headings, lists and cells of Markdown, without code', () => {
    const source =
      '# A heading\n\nA *first* `x.y()` [link](z).\n\n```js\nno prose\n```\n\n- an item\n\n| a | b |\n|---|---|\n| c | d |\n'
    assert.deepEqual(texts('x.md', source), ['A heading', 'A first Code link.', 'an item', 'a', 'b', 'c', 'd'])
  })

  it('is the comments of a script, a docstring’s tags as paragraphs, and texts of several words', () => {
    const source = [
      '// One comment',
      '// on two lines.',
      '/**',
      ' * Does it.',
      ' *',
      ' * @param x - The one.',
      ' * @returns Nothing.',
      ' * @example',
      ' * const no = prose()',
      ' */',
      "const text = 'this is an error text', path = './no/prose'",
    ].join('\n')
    assert.deepEqual(texts('x.mts', source), [
      'One comment on two lines.',
      'Does it.',
      'The one.',
      'Nothing.',
      'this is an error text',
    ])
  })

  it('is the comments of Rust and of a shell', () => {
    assert.deepEqual(texts('x.rs', '/// One.\n//! Two.\nlet x = "an error of four words";\n'), [
      'One. Two.',
      'an error of four words',
    ])
    assert.deepEqual(texts('x.sh', '# One.\necho two\n'), ['One.'])
  })

  it('has the line of each passage', () => {
    assert.deepEqual(
      passagesOf('x.mts', '\n\n// Here.\n').map(({ line }) => line),
      [3],
    )
  })
})

describe('the rules', () => {
  it('find banned words, but not in quotation marks', () => {
    assert.deepEqual(
      bannedIn('Whoever signs, vouches.').map(({ found }) => found),
      ['Whoever', 'vouches'],
    )
    assert.deepEqual(bannedIn('It said “whoever”, and "vouch".'), [])
  })

  it('count the words of each sentence, and see an end before code in lower case', () => {
    assert.deepEqual(
      sentencesIn('One two three. four five. See file.md for six!').map(({ words }) => words),
      [3, 2, 4],
    )
  })

  it('report a sentence that is too long, and a file whose sentences are', () => {
    const sentence = (words: number) => `${Array(words).fill('word').join(' ')}.`
    const measured = (...lengths: number[]) =>
      measure(lengths.map((words) => ({ text: sentence(words), line: 1, sentences: true })))
    assert.deepEqual(measured(35, 3).tooLong, [])
    assert.equal(measured(36, 3).tooLong.length, 1)
    assert.equal(measured(15, 15, 15, 15, 15).meanTooLong, false)
    assert.equal(measured(15, 15, 15, 15, 16).meanTooLong, true)
    // Too few for an average.
    assert.equal(measured(20, 20, 20, 20).meanTooLong, false)
  })
})
