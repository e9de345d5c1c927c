// The prose of a file: paragraphs of Markdown, comments, and texts in quotation marks.

import jsTokens from 'js-tokens'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

/**
 * A piece of prose.
 *
 * @typedef {object} Passage
 * @property {string} text - Without markup; code in it is one word.
 * @property {number} line - Where it begins, from 1.
 * @property {boolean} sentences - Whether it is made of sentences, unlike a heading or a cell of a table.
 */

/** Stands for code in a sentence: one word, which no rule is about. */
const CODE = 'Code'

/** @param {import('mdast').Node & Record<string, any>} node */
function textOf(node) {
  if (node.type === 'inlineCode') return CODE
  if (node.type === 'image') return node.alt ?? ''
  if (node.type === 'break') return ' '
  return node.value ?? (node.children ?? []).map(textOf).join('')
}

const HOLDERS = new Set(['paragraph', 'heading', 'tableCell'])

/** @returns {Passage[]} */
function passagesIn(node, firstLine) {
  if (node.type === 'code' || node.type === 'html') return []
  if (!HOLDERS.has(node.type)) return (node.children ?? []).flatMap((child) => passagesIn(child, firstLine))
  const text = textOf(node).replaceAll(/\s+/g, ' ').trim()
  return text ? [{ text, line: firstLine + node.position.start.line - 1, sentences: node.type === 'paragraph' }] : []
}

/** @returns {Passage[]} */
export const markdownPassages = (text, firstLine = 1) =>
  passagesIn(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }), firstLine)

/** What stands before the words of a docstring's tag: `@param name -` is no part of a sentence. */
const TAG =
  /^(\s*)@(?:param|property|typedef|template)\s+(?:\{.*?\}\s*)?\[?[\w.]+\]?(?:\s+-)?|^(\s*)@\w+(?:\s+\{.*?\})?/

/** A comment without its marks, each line in its place. A tag begins a paragraph. */
const unmark = (comment) =>
  comment
    .replace(/^\/\*+|\*+\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\/[/!]?|\*|#)? ?/, ''))
    .join('\n')
    .replace(/^(@example)[\s\S]*?(?=^@|$(?![\s\S]))/gm, (example) => example.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .map((line) => (TAG.test(line) ? `\n${line.replace(TAG, '').trim()}` : line))
    .join('\n')

/** Comments on neighbouring lines are one. @returns {Passage[]} */
function commentPassages(comments) {
  const joined = []
  for (const { text, line } of comments) {
    const last = joined.at(-1)
    if (last && text.startsWith('//') && last.text.startsWith('//') && line === last.end + 1) {
      last.text += `\n${text}`
      last.end = line
    } else joined.push({ text, line, end: line })
  }
  return joined.flatMap(({ text, line }) => markdownPassages(unmark(text), line))
}

/** A text of a program counts as prose if it is several words: an error, or a test's name. */
const isProse = (text) => /^\S+(?: \S+){3,}$/.test(text) && !/[{}<>=;|]|\$\{|\bimport |\bselect /i.test(text)

/** @returns {Passage[]} */
function scriptPassages(source) {
  const [comments, texts] = [[], []]
  let line = 1
  for (const { type, value } of jsTokens(source)) {
    if (type === 'SingleLineComment' || type === 'MultiLineComment') comments.push({ text: value, line })
    const quoted = type === 'StringLiteral' ? value.slice(1, -1) : ''
    if (isProse(quoted)) texts.push({ text: quoted.replaceAll(/`[^`]*`/g, CODE), line, sentences: false })
    line += value.split('\n').length - 1
  }
  return [...commentPassages(comments), ...texts]
}

/** Comments that begin a line, and the messages of errors. @returns {Passage[]} */
function lineCommentPassages(source, mark) {
  const lines = source.split('\n')
  const comments = lines.flatMap((text, index) =>
    text.trimStart().startsWith(mark) && !text.startsWith('#!')
      ? [{ text: text.trim().replace(mark, '//'), line: index + 1 }]
      : [],
  )
  const texts = lines.flatMap((text, index) =>
    Array.from(text.matchAll(/"((?:[^"\\]|\\.)+)"/g), ([, quoted]) => quoted)
      .filter((quoted) => !text.trimStart().startsWith(mark) && isProse(quoted))
      .map((quoted) => ({ text: quoted.replaceAll(/`[^`]*`/g, CODE), line: index + 1, sentences: false })),
  )
  return [...commentPassages(comments), ...texts]
}

/**
 * Reads the prose of a file.
 *
 * @param {string} path - Its name tells its language.
 * @param {string} source
 * @returns {Passage[]}
 */
export function passagesOf(path, source) {
  if (path.endsWith('.md')) return markdownPassages(source)
  if (/\.[cm]?[jt]sx?$/.test(path)) return scriptPassages(source)
  if (path.endsWith('.rs')) return lineCommentPassages(source, '//')
  return lineCommentPassages(source, '#')
}
