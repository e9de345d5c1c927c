// `npm run bench:hostile`: what the worst value of each size costs at the Node boundary, beside a good verification.
// benches/hostile.rs runs after it: the cost of each rejection in the core, and the worst tokens up to the cap.

import assert from 'node:assert/strict'
import { cpus } from 'node:os'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { craftProof } from 'local-first-identity/testing'

import { audience, goodToken, now, userId } from '../__test__/support.mts'

const rounds = Number(process.env.ROUNDS ?? 31)
const calls = 200
const sizes = [10, 100, 1_000, 2_048, 2_100, 10_000, 100_000, 1_000_000, 10_000_000]
const longest = 2_048

interface Case {
  size: number
  shape: string
  /** The value, made anew for each call where a call leaves it changed. */
  value: () => unknown
  code: string | undefined
  times: number[]
}

/** A good token of a size, whose header is filled with JSON. `undefined` below the least size. */
function padded(size: number, fill: (bytes: number) => Record<string, unknown>): string | undefined {
  const token = (bytes: number) => craftProof(audience, { now, header: fill(bytes) })
  const room = Math.floor(((size - goodToken.length) * 3) / 4) - 12
  return room < 0 ? undefined : token(room)
}

const oneMember = (bytes: number) => ({ x: 'x'.repeat(bytes) })

/** Members with names of one letter each, of which `"é":1,` is seven bytes. */
const manyMembers = (bytes: number) =>
  Object.fromEntries(Array.from({ length: bytes / 7 }, (_, index) => [String.fromCharCode(0xa1 + index), 1]))

/** Values of a size: one of each kind that V8 stores, or the addon handles, differently. */
function shapes(size: number): [string, () => unknown][] {
  const half = 'x'.repeat(size / 2)
  const other = 'y'.repeat(size - half.length)
  const long = 'z'.repeat(size + 100)
  const texts = ['x', '.', 'é', '€'].map((letter) => [`a text of ${letter}`, letter.repeat(size)] as const)
  const values = [
    ...texts,
    ['a text of pairs', '👩'.repeat(size / 2)],
    ['a text of half pairs', '\ud800'.repeat(size)],
    ['a part of a text', long.slice(50, size + 50)],
    ['a good token with a long header', padded(size, oneMember)],
    ['a good token with many members', padded(Math.min(size, 10_000), manyMembers)],
    ['an array', Array.from({ length: size }, () => goodToken)],
    [
      'an object',
      Object.fromEntries(Array.from({ length: Math.min(size, 100_000) }, (_, index) => [`a${index}`, index])),
    ],
    ['a buffer', Buffer.alloc(size)],
    ['a String', new String(half)],
  ] as const
  return [
    ...values
      .filter(([, value]) => value !== undefined)
      .map(([shape, value]) => [shape, () => value] as [string, () => unknown]),
    ['two texts in one', () => half + other],
  ]
}

const judge = (value: unknown) => verifyLocalFirstIdentityProof(value, audience, { now })

function time({ value, times }: Case): void {
  const start = process.hrtime.bigint()
  for (let i = 0; i < calls; i++) judge(value())
  times.push(Number(process.hrtime.bigint() - start) / 1000 / calls)
}

const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN

assert.equal(judge(goodToken).id, userId)
const good: Case = { size: goodToken.length, shape: 'a good proof', value: () => goodToken, code: undefined, times: [] }
const cases = sizes.flatMap((size) =>
  shapes(size).map(([shape, value]): Case => ({ size, shape, value, code: judge(value()).code, times: [] })),
)
for (const { size, shape, value, code } of cases) {
  const long = typeof value() === 'string' && (value() as string).length > longest
  if (long) assert.equal(code, 'too-long', `${size}: ${shape}`)
}
const before = process.resourceUsage().maxRSS
for (let round = 0; round < rounds; round++) for (const one of [good, ...cases]) time(one)
const grown = process.resourceUsage().maxRSS - before

const unit = median(good.times)
console.log(
  `${cpus()[0]?.model.trim()} · Node ${process.version} · a good proof of ${good.size} bytes: ${unit.toFixed(1)} µs\n`,
)
console.log('| size | the dearest | verdict | µs | × a good proof |\n|---:|---|---|---:|---:|')
for (const size of sizes) {
  const [dearest = assert.fail()] = cases
    .filter((one) => one.size === size)
    .sort((left, right) => median(right.times) - median(left.times))
  const took = median(dearest.times)
  const figures = `${took.toFixed(2)} | ${(took / unit).toFixed(2)}`
  console.log(`| ${size.toLocaleString('en')} | ${dearest.shape} | ${dearest.code ?? 'holds'} | ${figures} |`)
}
// Letters are counted before a text is read; bytes only then.
const [bytes = assert.fail()] = cases
  .filter(({ size, code }) => size === longest && code === 'too-long')
  .sort((left, right) => median(right.times) - median(left.times))
const share = (median(bytes.times) / unit).toFixed(2)
console.log(`\n${longest} letters of more bytes than that: ${bytes.shape}, ${share} × a good proof`)

// Above the cap, nothing is read: whatever it is, a good proof costs more.
for (const { size, shape, times } of cases.filter(({ size }) => size > longest)) {
  assert.ok(median(times) < unit, `${size}: ${shape} costs more than a good proof`)
}
const judged = cases.length * rounds * calls
console.log(
  `\nThe peak of memory grew by ${(grown / 1000).toFixed(1)} MB over ${judged.toLocaleString('en')} of these.`,
)
