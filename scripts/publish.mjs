// node scripts/publish.mjs [--dry-run] [FOLDER]
//
// Publishes the packages of a folder, dist/packages unless another is named, the main one last, since it asks for the
// others by their exact version. What the registry has already is left alone, so that a release that broke off can be
// run again. It needs nothing but Node and npm: whatever else ran beside it could publish, too.

import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'dry-run': { type: 'boolean' } } })
const dryRun = values['dry-run'] ?? false
const root = resolve(positionals[0] ?? fileURLToPath(new URL('../dist/packages', import.meta.url)))
const { GITHUB_REF_NAME, GITHUB_REF_TYPE } = process.env

const packages = readdirSync(root).map((name) => {
  const folder = join(root, name)
  return { folder, ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }
})
const main = packages.find(({ optionalDependencies }) => optionalDependencies)
if (!main) throw new Error(`${root} has no main package`)
const own = ([name]) => name.startsWith(`@${main.name}/`)
const wanted = Object.fromEntries(
  Object.entries({ ...main.optionalDependencies, ...main.peerDependencies }).filter(own),
)

/** What is wrong with the packages as a set. */
function* faults() {
  const { version } = main
  for (const { name, version: found, repository, scripts } of packages) {
    if (found !== version) yield `${name} is of version ${found}, and ${main.name} of ${version}`
    if (name !== main.name && wanted[name] !== found) yield `${main.name} does not ask for ${name}@${found}`
    if (scripts) yield `${name} has scripts, which npm would run here or where it is installed`
    if (!repository && !dryRun) yield `${name} names no repository`
  }
  const missing = Object.keys(wanted).filter((name) => !packages.some((one) => one.name === name))
  if (missing.length > 0 && !dryRun) yield `there is no ${missing.join(', ')}`
  if (GITHUB_REF_TYPE === 'tag' && GITHUB_REF_NAME !== `v${version}`) yield `the tag is ${GITHUB_REF_NAME}`
}

const wrong = [...faults()]
if (wrong.length > 0) throw new Error(wrong.join('; '))

const npm = (...args) => spawnSync('npm', args, { encoding: 'utf8' })

/** Only the registry's own word that there is no such version lets a package be published. */
function isPublished(name, version) {
  const { status, stdout, stderr } = npm('view', '--json', `${name}@${version}`, 'version')
  if (status === 0 && stdout.trim() === JSON.stringify(version)) return true
  const code = /^\s*\{/.test(stdout) ? JSON.parse(stdout).error?.code : undefined
  if (status !== 0 && code === 'E404') return false
  throw new Error(`npm view ${name}@${version}: ${stderr || stdout}`)
}

for (const { folder, name, version } of [...packages.filter((one) => one !== main), main]) {
  if (!dryRun && isPublished(name, version)) {
    console.log(`${name}@${version}: published already`)
    continue
  }
  const tag = version.includes('-') ? 'next' : 'latest'
  const how = dryRun ? ['--dry-run'] : ['--provenance']
  const args = ['publish', '--ignore-scripts', '--access', 'public', '--tag', tag, ...how]
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit' })
  console.log(`${name}@${version}: ${dryRun ? 'would be published' : 'published'} as ${tag}`)
}
