// `npm run bench:footprint`: the addon's size, the time it takes to load, and its memory over millions of verifications.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

import { generateAuthSecret, mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'

const count = Number(process.env.COUNT ?? 5_000_000)
const settled = Math.min(100_000, count / 2)
const root = fileURLToPath(new URL('..', import.meta.url))

console.log(`${cpus()[0]?.model.trim()} · Node ${process.version}\n`)

for (const file of readdirSync(root).filter((name) => name.endsWith('.node'))) {
  console.log(`${file}: ${statSync(root + file).size.toLocaleString('en')} bytes`)
}

const loads = Array.from({ length: 31 }, () =>
  Number(execFileSync(process.execPath, [`${root}benches/load.cjs`], { encoding: 'utf8' })),
)
const median = loads.toSorted((a, b) => a - b)[loads.length >> 1] ?? Number.NaN
console.log(`require: ${median.toFixed(2)} ms (median of ${loads.length} processes)`)

// Good and bad, new strings each time, as a server sees them.
const audience = 'my-app-signup'
const good = mintLocalFirstToken(generateAuthSecret(), audience, 3600)
const cases: [() => unknown, string | undefined][] = [
  [() => good, undefined],
  [() => `${good.slice(0, -1)}${good.endsWith('A') ? 'Q' : 'A'}`, 'invalid-signature'],
  [() => mintLocalFirstToken(generateAuthSecret(), 'another', 60), 'audience-mismatch'],
  [() => mintLocalFirstToken(generateAuthSecret(), audience, 60, { now: 1_795_305_565 }), 'expired'],
  [() => ({ proofToken: good }), 'malformed'],
  [() => 'x'.repeat(3000), 'too-long'],
]
const megabytes = () => process.memoryUsage.rss() / 1e6
let before = Number.NaN
for (let i = 0; i < count; i++) {
  if (i === settled) before = megabytes()
  const [token, code] = cases[i % cases.length] ?? assert.fail()
  assert.equal(verifyLocalFirstIdentityProof(token(), audience).code, code)
}
const after = megabytes()
console.log(
  `memory: ${before.toFixed(1)} MB after ${settled.toLocaleString('en')} verifications, ` +
    `${after.toFixed(1)} MB after ${count.toLocaleString('en')}: ${(after - before).toFixed(1)} MB more`,
)
