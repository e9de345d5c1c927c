// `npm run bench`: this addon beside the same check on other libraries, in one run.
//
// Each contender must give the right user ID and refuse a tampered proof before it is timed. The contenders take turns, so
// that a machine that slows down slows all of them. It prints the medians of the turns and the ratios to quote.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { deriveUserId, mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'

import { audience, contenders } from './contenders.mts'

const rounds = Number(process.env.ROUNDS ?? 31)
const secret = 'D94sDJBiaxQewrHKtRym_4Bdxlmu24J6MR7zzxhbJM8'
const good = mintLocalFirstToken(secret, audience, 3600)
const [header, payload, signature = ''] = good.split('.')
const tampered = `${header}.${payload}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`

interface Row {
  name: string
  repetitions: number
  /** Microseconds for one, a figure a round. */
  times: number[]
  time(repetitions: number): Promise<number>
}

function row(name: string, repetitions: number, run: () => unknown): Row {
  const time = async (repetitions: number) => {
    const start = process.hrtime.bigint()
    for (let i = 0; i < repetitions; i++) {
      const result = run()
      if (result instanceof Promise) await result
    }
    return Number(process.hrtime.bigint() - start) / 1000 / repetitions
  }
  return { name, repetitions, times: [], time }
}

/** The bare signature check of the same build, in a process that takes turns, too. */
function bareSignatureCheck(): Row & { end(): void } {
  const built = execFileSync('cargo', ['bench', '--bench', 'bare', '--no-run', '--message-format=json'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const messages = built
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const { executable } = messages.find(({ target, executable }) => target?.name === 'bare' && executable)
  const child = spawn(executable, ['--bench'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())
  child.stdin.write(`${header}.${payload}\n${claims.jazz_pub_key}\n${signature}\n`)
  return {
    name: 'bare ed25519-dalek, from_bytes + verify_strict',
    repetitions: 200,
    times: [],
    async time(repetitions) {
      child.stdin.write(`${repetitions}\n`)
      return Number((await answers.next()).value) / 1000
    },
    end: () => child.stdin.end(),
  }
}

for (const { name, check } of contenders) {
  assert.equal(await check(good), deriveUserId(secret), name)
  await assert.rejects(async () => check(tampered), Error, `${name} must refuse a tampered proof`)
}

const rejections = {
  malformed: 'not a token',
  'audience-mismatch': mintLocalFirstToken(secret, 'another-app', 60),
  expired: mintLocalFirstToken(secret, audience, 60, { now: 1_795_305_565 }),
  'invalid-signature': tampered,
}
for (const [code, token] of Object.entries(rejections)) {
  assert.equal(verifyLocalFirstIdentityProof(token, audience).code, code)
}

const bare = bareSignatureCheck()
const peers = contenders.map(({ name, check }) => row(name, name.startsWith('@noble') ? 10 : 100, () => check(good)))
const refusals = Object.entries(rejections).map(([code, token]) =>
  row(`refused: ${code}`, code === 'invalid-signature' ? 100 : 2000, () =>
    verifyLocalFirstIdentityProof(token, audience),
  ),
)
const rows = [bare, ...peers, ...refusals]
for (let round = -3; round < rounds; round++) {
  for (const row of rows) {
    const microseconds = await row.time(row.repetitions)
    // The first rounds warm the compiler and the caches up.
    if (round >= 0) row.times.push(microseconds)
  }
}
bare.end()

const median = (row: Row | undefined) => row?.times.toSorted((a, b) => a - b)[row.times.length >> 1] ?? Number.NaN
const ours = peers[0]
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim()
console.log(`${cpus()[0]?.model.trim()} · Node ${process.version} · commit ${commit} · ${rounds} rounds, medians\n`)
console.log('| | µs | × the addon | leaves out |\n|---|---:|---:|---|')
for (const row of rows) {
  const ratio = median(row) / median(ours)
  const leavesOut = contenders.find(({ name }) => name === row.name)?.leavesOut ?? ''
  console.log(`| ${row.name} | ${median(row).toFixed(1)} | ${ratio.toFixed(2)} | ${leavesOut} |`)
}
