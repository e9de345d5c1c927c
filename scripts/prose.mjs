// npm run check:prose: words per sentence and banned words of each file, as a table; then what to mend, by line.
// By default of all files here; else of those named. It fails if there is anything to mend.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { passagesOf } from './prose/passages.mjs'
import { LONGEST, MEAN_WORDS, measure } from './prose/rules.mjs'

const WRITTEN = /\.(?:md|rs|[cm]?[jt]sx?|sh|yml|toml)$|^\.ci\/run$/
/** The rules themselves, and what is a copy of something else. */
const EXCEPT =
  /^(?:scripts\/prose\/|__test__\/prose\.test\.mts|__test__\/better-auth\/recipe\.mts|addon\/|vectors\/|fuzz\/corpus\/)/

const named = process.argv.slice(2)
const files = named.length
  ? named
  : execFileSync('git', ['ls-files'], { encoding: 'utf8' })
      .split('\n')
      .filter((path) => WRITTEN.test(path) && !EXCEPT.test(path))

const rows = files.map((path) => ({ path, ...measure(passagesOf(path, readFileSync(path, 'utf8'))) }))
const width = Math.max(...rows.map(({ path }) => path.length))
const line = (...cells) =>
  console.log(cells.map((cell, index) => (index ? String(cell).padStart(10) : cell.padEnd(width))).join(''))

line('file', 'sentences', 'words each', 'longest', 'banned')
for (const { path, sentences, mean, longest, banned } of rows)
  line(path, sentences, mean.toFixed(1), longest, banned.length)
const sum = (of) => rows.reduce((total, row) => total + of(row), 0)
const sentences = sum((row) => row.sentences)
line(
  'all',
  sentences,
  (sum((row) => row.sentences * row.mean) / sentences).toFixed(1),
  Math.max(...rows.map(({ longest }) => longest)),
  sum(({ banned }) => banned.length),
)

const faults = rows.flatMap(({ path, mean, meanTooLong, banned, tooLong }) => [
  ...(meanTooLong ? [`${path}: ${mean.toFixed(1)} words per sentence; at most ${MEAN_WORDS}`] : []),
  ...banned.map(({ line, found, instead }) => `${path}:${line}: "${found}"; write ${instead}`),
  ...tooLong.map(
    ({ line, words, sentence }) => `${path}:${line}: ${words} words in a sentence, at most ${LONGEST}: ${sentence}`,
  ),
])
if (faults.length) console.log(`\n${faults.join('\n')}`)
process.exitCode = faults.length ? 1 : 0
