// node scripts/stage.mjs [--partial]
//
// Lays out in dist/packages what is published, from the binaries of dist/binaries. Refuses when one is missing, or the
// repository is not known (GITHUB_REPOSITORY), unless told that a part will do.

import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { stage } from './packages.mjs'
import { binaries, binaryPath, manifest, packages, platforms } from './platforms.mjs'

const { partial } = parseArgs({ options: { partial: { type: 'boolean', default: false } } }).values
const missing = platforms.filter((platform) => !existsSync(binaryPath(platform)))
if (!partial) {
  if (missing.length > 0) throw new Error(`dist/binaries has no ${missing.map(({ name }) => name).join(', ')}`)
  if (!process.env.GITHUB_REPOSITORY) throw new Error('GITHUB_REPOSITORY must name the repository, as owner/name')
}
console.log(`dist/packages: ${manifest.name} and ${stage(binaries, packages).join(', ')}`)
