// node scripts/check-published.mjs [--unsigned]
//
// Installs this version of the published package into an empty folder, from npm's registry. It verifies the signatures of
// what it fetched, unless told that there are none, and runs the README's example.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const { name, version } = JSON.parse(read('package.json'))
const blocks = Array.from(read('README.md').matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code)
const example = blocks.find((code) => code.includes('// true true undefined'))
const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
const npm = (...args) =>
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })

try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  writeFileSync(join(folder, 'example.js'), example)
  npm('install', `${name}@${version}`)
  if (!process.argv.includes('--unsigned')) npm('audit', 'signatures')
  const printed = execFileSync(process.execPath, ['example.js'], { cwd: folder, encoding: 'utf8' })
  if (printed !== 'true true undefined\n') throw new Error(`the example printed ${printed}`)
  console.log(`${name}@${version} is installed from the registry and verifies a proof`)
} finally {
  rmSync(folder, { recursive: true })
}
