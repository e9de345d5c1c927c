// `npm run load:http`: good, bad, replayed and oversized proofs, mixed, on one server for 30 seconds. Each answer is looked at: no
// fault, nothing accepted that is not good, every good proof accepted once, and the same memory at the end.

import { cpus } from 'node:os'

import { type BadKind, badKinds, largeKinds } from './http/bad.mts'
import { startServer } from './http/child.mts'
import { GoodProofs } from './http/good.mts'
import type { Memory } from './http/one-time-server.mts'
import { sender } from './http/send.mts'
import { Tally } from './http/tally.mts'

const seconds = Number(process.env.SECONDS ?? 30)
const CONNECTIONS = 32
const MAX_HEAP_GROWTH_MB = 64

const server = await startServer<Memory>(new URL('http/one-time-server.mts', import.meta.url), [], ['--expose-gc'])
const { send, end } = sender(server.origin, CONNECTIONS)
const tally = new Tally()
const good = new GoodProofs(send, tally)

async function sendBad({ name, message, status, code }: BadKind): Promise<void> {
  tally.note(name, await send(message()), [[status, code]])
}

/** The load: what is to be sent next, without end. */
function* steps(): Generator<() => Promise<void>> {
  for (let cycle = 0; ; cycle++) {
    for (let i = 0; i < 3; i++) yield () => good.sendNew()
    while (good.hasOld()) yield () => good.sendOld()
    for (const kind of badKinds) yield () => sendBad(kind)
    if (cycle % 50 === 0) for (const kind of largeKinds) yield () => sendBad(kind)
  }
}

const load = steps()
async function run(seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000
  const worker = async () => {
    while (performance.now() < end) await load.next().value()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
}

const start = performance.now()
await run(seconds / 3)
const warm = await server.ask()
await run((seconds * 2) / 3)
const last = await server.ask()
const elapsed = (performance.now() - start) / 1000
while (good.hasOld(0)) await good.sendOld()
const proofs = good.checkAll()
end()
await server.stop()

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
const change = (member: 'rss' | 'heapUsed') =>
  `${megabytes(warm[member])} MB after a third, ${megabytes(last[member])} MB at the end: ` +
  `${megabytes(last[member] - warm[member])} MB more`
if (last.heapUsed - warm.heapUsed > MAX_HEAP_GROWTH_MB * 1e6) tally.wrong('the heap grew')

console.log(`${cpus()[0]?.model.trim()} · Node ${process.version} · ${seconds} s\n`)
tally.print()
console.log(`${tally.total.toLocaleString('en')} answers on ${CONNECTIONS} connections, \
${(tally.total / elapsed).toFixed(0)} a second; ${tally.faults} of them 5xx; used proofs are kept in ${last.store}.`)
console.log(proofs)
console.log(`heap: ${change('heapUsed')}`)
console.log(`memory: ${change('rss')}`)
const problems = tally.problems()
for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'All as it should be.' : 'Not as it should be.')
process.exitCode = problems.length === 0 ? 0 : 1
