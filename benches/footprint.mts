// `npm run bench:footprint`: the addon's size, the time it takes to load, and its memory over millions of verifications.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

import {
  deriveUserId,
  generateAuthSecret,
  mintLocalFirstToken,
  verifyLocalFirstIdentityProof,
} from 'local-first-identity'
import { badProofs } from 'local-first-identity/testing'

import { audience, goodToken, now, userId } from '../__test__/support.mts'

const count = Number(process.env.COUNT ?? 10_000_000)
const settled = Math.min(100_000, count / 2)
const root = fileURLToPath(new URL('..', import.meta.url))

console.log(`${cpus()[0]?.model.trim()} · Node ${process.version}\n`)

const addon = `${root}addon/`
for (const file of readdirSync(addon).filter((name) => name.endsWith('.node'))) {
  console.log(`${file}: ${statSync(addon + file).size.toLocaleString('en')} bytes`)
}

const loads = Array.from({ length: 31 }, () =>
  Number(execFileSync(process.execPath, [`${root}benches/load.cjs`], { encoding: 'utf8' })),
)
const median = loads.toSorted((a, b) => a - b)[loads.length >> 1] ?? Number.NaN
console.log(`require: ${median.toFixed(2)} ms (median of ${loads.length} processes)`)

const secret = generateAuthSecret()
const fresh = (audience: string, ttlSeconds: number) => mintLocalFirstToken(generateAuthSecret(), audience, ttlSeconds)

/** What the types forbid, and what is thrown for it. */
const mistakes: [unknown[], string][] = [
  [[goodToken], 'audience must be a string'],
  [[goodToken, ''], 'audience must not be empty'],
  [[goodToken, '\ud800'], 'audience must not contain lone surrogates'],
  [[goodToken, audience, null], 'options must be a plain object'],
  [
    [goodToken, audience, { maxTTLSeconds: 1 }],
    'options.maxTTLSeconds is not an option; did you mean options.maxTtlSeconds?',
  ],
  [[goodToken, audience, { clockSkewSeconds: '60' }], 'options.clockSkewSeconds must be a number'],
  [[goodToken, audience, { now: -1 }], 'options.now must be an integer from 0 to 253402300799, in seconds'],
  [[goodToken, audience, { issuers: [] }], 'options.issuers must not be empty'],
  [[goodToken, audience, { issuers: ['x'] }], "options.issuers[0] must be 'local-first' or 'anonymous'"],
]

/** What a call comes to: a user ID, a code, or the message of what it throws. */
function outcome(...args: unknown[]): string | undefined {
  try {
    const { id, code } = verifyLocalFirstIdentityProof(...(args as [unknown, string]))
    return id ?? code
  } catch (error) {
    return (error as Error).message
  }
}

// New strings each time, as a server sees them: a text that is put together is a new one.
const again = (token: string) => `${token.slice(0, 1)}${token.slice(1)}`
const mix: (() => void)[] = [
  () => assert.equal(outcome(again(goodToken), audience, { now }), userId),
  () => assert.equal(outcome(again(goodToken), audience, { now, issuers: ['anonymous', 'local-first'] }), userId),
  () => assert.equal(outcome(mintLocalFirstToken(secret, audience, 3600), audience), deriveUserId(secret)),
  () => assert.equal(outcome(fresh('another', 60), audience), 'audience-mismatch'),
  () => assert.equal(outcome({ proofToken: goodToken }, audience), 'malformed'),
  ...badProofs(audience, { now }).map(
    ({ code, token }) =>
      () =>
        assert.equal(outcome(again(token), audience, { now }), code),
  ),
  ...mistakes.map(
    ([args, message]) =>
      () =>
        assert.equal(outcome(...args), message),
  ),
]

// What comes and goes by itself: a semi-space of V8's young generation. Two bytes kept of each call would be more.
const MAX_GROWTH = 16

const megabytes = () => process.memoryUsage.rss() / 1e6
let before = Number.NaN
for (let i = 0; i < count; i++) {
  if (i === settled) before = megabytes()
  mix[i % mix.length]?.()
}
const after = megabytes()
console.log(
  `memory: ${before.toFixed(1)} MB after ${settled.toLocaleString('en')} verifications, ` +
    `${after.toFixed(1)} MB after ${count.toLocaleString('en')}: ${(after - before).toFixed(1)} MB more`,
)
if (!(after - before < MAX_GROWTH)) {
  console.error(`memory grew by more than ${MAX_GROWTH} MB`)
  process.exitCode = 1
}
