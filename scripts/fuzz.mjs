// `npm run fuzz`: runs each fuzz target for SECONDS (60 unless set), then tells how often it ran and what it reached.
// `npm run fuzz claims token` runs only those. With llvm-tools (`rustup component add llvm-tools`), the lines of the core, too.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { root } from './platforms.mjs'

const cwd = join(fileURLToPath(root), 'fuzz')
const seconds = Number(process.env.SECONDS ?? 60)
// Of an address sanitizer's finds, none can be in the core, which has no unsafe code, and it takes ten times as long.
const sanitizer = process.env.SANITIZER ?? 'none'
const targets = readdirSync(join(cwd, 'fuzz_targets')).map((file) => basename(file, '.rs'))
const named = process.argv.slice(2)
const unknown = named.find((name) => !targets.includes(name))
if (unknown) throw new Error(`there is no target ${unknown}: ${targets.join(', ')}`)

const host = /^host: (.+)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))[1]

if (spawnSync('cargo', ['fuzz', '--version']).status !== 0) {
  console.error('cargo-fuzz is not here: cargo install --locked cargo-fuzz')
  process.exit(1)
}

// The flags of sanitizers are not stable; a stable compiler takes them under this variable.
const env = { ...process.env, ...(sanitizer === 'none' ? {} : { RUSTC_BOOTSTRAP: '1' }) }
const cargo = (...args) => execFileSync('cargo', args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })

cargo('fuzz', 'build', '--sanitizer', sanitizer)
cargo('run', '--quiet', '--example', 'seeds', 'corpus')

/** The last number that libFuzzer printed behind a name. */
const last = (output, pattern) => Number(Array.from(output.matchAll(pattern)).at(-1)?.[1])

/** Runs a target until its time is over; ends this process where it finds something. */
async function run(target) {
  const limits = [`-max_total_time=${seconds}`, '-max_len=4096', '-timeout=5', '-rss_limit_mb=1024']
  const options = [...limits, '-dict=dictionary.txt', '-print_final_stats=1']
  const args = ['fuzz', 'run', '--sanitizer', sanitizer, target, '--', ...options]
  const child = spawn('cargo', args, { cwd, env, stdio: ['ignore', 'inherit', 'pipe'] })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [status] = await new Promise((resolve) => child.once('close', (...ended) => resolve(ended)))
  if (status !== 0) {
    console.error(output)
    console.error(`${target}: found something`)
    process.exit(1)
  }
  return {
    target,
    executions: last(output, /stat::number_of_executed_units:\s+(\d+)/g),
    edges: last(output, /cov: (\d+)/g),
    inputs: last(output, /corp: (\d+)\//g),
  }
}

/** Where the compiler keeps llvm-cov; nothing where rustup was not asked for it. */
function llvmCov() {
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim()
  const path = join(sysroot, 'lib', 'rustlib', host, 'bin', 'llvm-cov')
  return existsSync(path) ? path : undefined
}

/** How many lines of each file of the core the inputs of a target reach. */
function coverage(target) {
  execFileSync('cargo', ['fuzz', 'coverage', '--sanitizer', 'none', target], { cwd, stdio: 'ignore' })
  const binary = join('target', host, 'coverage', host, 'release', target)
  const profile = join('coverage', target, 'coverage.profdata')
  const args = [
    'export',
    '--summary-only',
    `--instr-profile=${profile}`,
    binary,
    join('..', 'crates', 'identity', 'src'),
  ]
  const [{ files }] = JSON.parse(execFileSync(llvmCov(), args, { cwd, encoding: 'utf8' })).data
  return new Map(files.map(({ filename, summary }) => [basename(filename), summary.lines]))
}

const ran = named.length > 0 ? named : targets
const results = []
for (const target of ran) results.push(await run(target))

console.log('\n| target | seconds | executions | inputs kept | edges |\n|---|---:|---:|---:|---:|')
for (const { target, executions, inputs, edges } of results) {
  const figures = [seconds, executions, inputs, edges].map((figure) => figure.toLocaleString('en'))
  console.log(`| ${target} | ${figures.join(' | ')} |`)
}

if (llvmCov()) {
  const reached = ran.map(coverage)
  const files = [...new Set(reached.flatMap((lines) => [...lines.keys()]))].sort()
  console.log(`\n| lines of the core | ${ran.join(' | ')} |\n|---|${'---:|'.repeat(ran.length)}`)
  for (const file of files) {
    const figures = reached.map((lines) => {
      const { covered = 0, count = 0 } = lines.get(file) ?? {}
      return `${covered} of ${count}`
    })
    console.log(`| ${file} | ${figures.join(' | ')} |`)
  }
} else {
  console.log('\nWhich lines of the core were reached is not told: rustup component add llvm-tools')
}
