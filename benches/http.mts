// `npm run bench:http`: what the middleware costs a server on the loopback interface, in three frameworks.
//
// Before it is timed, each server must accept a good request and refuse a bad one. While it is timed, every answer must be a
// success. Load and server are processes of their own. Contenders take turns; medians of the turns are printed. Requests
// a second and latencies are of a machine that both share: to quote is the processor time that the server itself used.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

import { type Bare, measureBare } from './http/bare.mts'
import { type Contender, FRESH_PER_SECOND, startContenders } from './http/contenders.mts'
import type { Sample } from './http/measure.mts'
import { median } from './http/statistics.mts'

const rounds = Number(process.env.ROUNDS ?? 5)
const seconds = Number(process.env.SECONDS ?? 3)
const warmUpSeconds = Math.min(1, seconds / 2)

const version = (name: string) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version

function printHead() {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const frameworks = ['express', 'fastify', 'hono', '@hono/node-server'].map((name) => `${name} ${version(name)}`)
  console.log(`${cpus()[0]?.model.trim()} · Node ${process.version} · ${frameworks.join(' · ')} · commit ${commit}`)
  console.log(`${rounds} rounds of ${seconds} s, medians; rps / p50 ms / p99 ms\n`)
}

function speed({ samples }: Contender): string {
  const of = (member: keyof Sample) => median(samples.map((sample) => sample[member]))
  return `${of('rps').toFixed(0)} / ${of('p50').toFixed(2)} / ${of('p99').toFixed(2)}`
}

function printTable(contenders: Contender[], verification: number) {
  console.log('| framework | route | without | with | middleware, µs CPU a request | × a verification |')
  console.log('|---|---|---:|---:|---:|---:|')
  for (const one of contenders) {
    const { framework, name, without, samples } = one
    if (!without) continue
    const cost = median(samples.map(({ cpu }, round) => cpu - (without.samples[round]?.cpu ?? Number.NaN)))
    const columns = [framework, name, speed(without), speed(one), cost.toFixed(1), (cost / verification).toFixed(2)]
    console.log(`| ${columns.join(' | ')} |`)
  }
}

function printBare(bare: Bare) {
  console.log('\n| without HTTP | µs CPU | × a verification |\n|---|---:|---:|')
  const rows: [string, keyof Bare][] = [
    ['a verification', 'verification'],
    ['a session, a new token each time', 'newSession'],
    ['a session, a token seen before', 'knownSession'],
  ]
  for (const [name, member] of rows) {
    console.log(`| ${name} | ${bare[member].toFixed(2)} | ${(bare[member] / bare.verification).toFixed(3)} |`)
  }
}

const bares: Bare[] = []
const { contenders, stop } = await startContenders(Math.ceil(FRESH_PER_SECOND * (rounds * seconds + 2)))
for (let round = -1; round < rounds; round++) {
  const bare = await measureBare()
  // The first round warms the compilers and the caches up.
  if (round >= 0) bares.push(bare)
  for (const contender of contenders) {
    const sample = await contender.run(round < 0 ? warmUpSeconds : seconds)
    if (round >= 0) contender.samples.push(sample)
  }
}
await stop()

const of = (member: keyof Bare) => median(bares.map((bare) => bare[member]))
const bare: Bare = { verification: of('verification'), newSession: of('newSession'), knownSession: of('knownSession') }
printHead()
printTable(contenders, bare.verification)
printBare(bare)
