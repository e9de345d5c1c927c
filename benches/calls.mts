// `npm run bench:calls [-- OTHER.node]...`: what single calls cost beside a call that does nothing, and the size and load time
// of the binary. Other builds of the addon that are named take turns with this one.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import type * as Addon from 'local-first-identity'

import { median } from './http/statistics.mts'

const rounds = Number(process.env.ROUNDS ?? 101)
const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const headers: { include_dir: string } = require('node-api-headers')
const addon = join(root, 'addon')
const own = readdirSync(addon).filter((name) => name.endsWith('.node'))
const files = [...own.map((name) => join(addon, name)), ...process.argv.slice(2).map((path) => resolve(path))]

const SECRET = 'D94sDJBiaxQewrHKtRym_4Bdxlmu24J6MR7zzxhbJM8'
const AUDIENCE = 'betterauth-signup'
const OPTIONS = { maxTtlSeconds: 300 }

/** A function of C that takes what the addon's takes, and does nothing. */
const EMPTY = `
#include <node_api.h>
static napi_value nothing(napi_env env, napi_callback_info info) { return NULL; }
NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "nothing", NAPI_AUTO_LENGTH, nothing, NULL, &function);
  return function;
}
`

function emptyCall(): (...args: unknown[]) => undefined {
  const folder = mkdtempSync(join(tmpdir(), 'empty-'))
  try {
    const [source, binary] = [join(folder, 'empty.c'), join(folder, 'empty.node')]
    writeFileSync(source, EMPTY)
    execFileSync('cc', ['-O2', '-shared', '-fPIC', '-I', headers.include_dir, '-o', binary, source])
    return require(binary)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Row {
  name: string
  call: () => unknown
  /** Microseconds, one a round. */
  times: number[]
}

const row = (name: string, call: () => unknown): Row => ({ name, call, times: [] })

/** The calls of a build, each with the code that it must give. */
function* rowsOf(addon: typeof Addon): Generator<Row> {
  const { mintLocalFirstToken, verifyLocalFirstIdentityProof: verify, createIdentityProofVerifier } = addon
  const good = mintLocalFirstToken(SECRET, AUDIENCE, 300)
  const cases: [string, unknown, string | undefined][] = [
    ['`undefined`', undefined, 'missing'],
    ['`""`', '', 'missing'],
    ['`"x"`', 'x', 'malformed'],
    ['a good token', good, undefined],
  ]
  // Builds that came before it have none.
  const verifier = createIdentityProofVerifier?.(AUDIENCE, OPTIONS)
  for (const [name, token, code] of cases) {
    assert.equal(verify(token, AUDIENCE).code, code)
    yield row(name, () => verify(token, AUDIENCE))
    yield row(`${name}, with options`, () => verify(token, AUDIENCE, OPTIONS))
    if (!verifier) continue
    assert.equal(verifier(token).code, code)
    yield row(`${name}, by a prepared verifier`, () => verifier(token))
  }
}

function time({ name, call }: Row): number {
  const repetitions = name.includes('good') ? 200 : 5_000
  const start = process.hrtime.bigint()
  for (let i = 0; i < repetitions; i++) call()
  return Number(process.hrtime.bigint() - start) / 1000 / repetitions
}

/** How long a process takes to load a build, in milliseconds. */
const load = (file: string) =>
  Number(
    execFileSync(
      process.execPath,
      [
        '-e',
        `
      const start = process.hrtime.bigint(); require(${JSON.stringify(file)})
      console.log(Number(process.hrtime.bigint() - start) / 1e6)`,
      ],
      { encoding: 'utf8' },
    ),
  )

const empty = row('an empty Node-API call', emptyCall())
const builds = files.map((file, index) => ({
  file,
  name: index < own.length ? 'this build' : basename(resolve(file, '..')),
  rows: [...rowsOf(require(file))],
  loads: [] as number[],
}))
const rows = [empty, ...builds.flatMap((build) => build.rows)]
for (let round = -3; round < rounds; round++) {
  for (const row of rows) {
    const microseconds = time(row)
    // The first rounds warm the compiler and the caches up.
    if (round >= 0) row.times.push(microseconds)
  }
  if (round >= 0 && round % 3 === 0) for (const build of builds) build.loads.push(load(build.file))
}

const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim()
console.log(`${cpus()[0]?.model.trim()} · Node ${process.version} · commit ${commit} · ${rounds} rounds, medians\n`)
const [first, ...others] = builds
const columns = others.map(({ name }) => ` ${name}, µs | this build × |`)
console.log(
  `| | this build, µs | × the empty call |${columns.join('')}\n|---|---:|---:|${others.map(() => '---:|---:|').join('')}`,
)
const nothing = median(empty.times)
console.log(`| ${empty.name} | ${nothing.toFixed(3)} | 1.0 |${others.map(() => ' | |').join('')}`)
for (const { name, times } of first?.rows ?? []) {
  const beside = others.map(({ rows }) => {
    const other = rows.find((row) => row.name === name)
    return other ? ` ${median(other.times).toFixed(2)} | ${(median(times) / median(other.times)).toFixed(2)} |` : ' | |'
  })
  console.log(`| ${name} | ${median(times).toFixed(2)} | ${(median(times) / nothing).toFixed(1)} |${beside.join('')}`)
}
console.log('')
for (const { name, file, loads } of builds) {
  console.log(`${name}: ${statSync(file).size.toLocaleString('en')} bytes, loads in ${median(loads).toFixed(2)} ms`)
}
