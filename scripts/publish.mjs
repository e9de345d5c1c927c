// node scripts/publish.mjs [--dry-run]
//
// Publishes dist/packages, the platforms' packages first, since the main one asks for them by their exact version. What
// the registry has already is left alone, so that a release that broke off can be run again.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { manifest, packages, platforms } from './platforms.mjs'

const { 'dry-run': dryRun } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } }).values
const { GITHUB_REF_NAME, GITHUB_REF_TYPE } = process.env
const { name, version } = manifest

if (GITHUB_REF_TYPE === 'tag' && GITHUB_REF_NAME !== `v${version}`) {
  throw new Error(`the tag is ${GITHUB_REF_NAME}, and package.json says ${version}`)
}

const folders = [
  ...platforms.map((platform) => ({ name: platform.package, folder: new URL(`${platform.name}/`, packages) })),
  { name, folder: new URL(`${name}/`, packages) },
]
const missing = folders.filter(({ folder }) => !existsSync(folder)).map(({ name }) => name)
if (missing.length > 0 && !dryRun) throw new Error(`dist/packages has no ${missing.join(', ')}`)

/** Only a plain "there is no such version" lets a package be published. */
function isPublished(name) {
  const { status, stdout, stderr } = spawnSync('npm', ['view', '--json', `${name}@${version}`, 'version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) return stdout.trim() !== ''
  if (/\bE404\b/.test(stdout + stderr)) return false
  throw new Error(`npm view ${name}@${version}: ${stderr}`)
}

for (const { name, folder } of folders.filter(({ name }) => !missing.includes(name))) {
  if (!dryRun && isPublished(name)) {
    console.log(`${name}@${version}: published already`)
    continue
  }
  const how = dryRun ? ['--dry-run'] : ['--provenance']
  execFileSync('npm', ['publish', '--access', 'public', ...how], { cwd: fileURLToPath(folder), stdio: 'inherit' })
  console.log(`${name}@${version}: ${dryRun ? 'would be published' : 'published'}`)
}
if (missing.length > 0) console.log(`not built here: ${missing.join(', ')}`)
