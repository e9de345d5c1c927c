// node scripts/stage.mjs [--partial]
//
// Lays out in dist/packages what is published, from the binaries of dist/binaries. Refuses when one is missing, unless
// told that a part will do.

import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { stage } from './packages.mjs'
import { binaries, binaryPath, manifest, packages, platforms } from './platforms.mjs'

const { partial } = parseArgs({ options: { partial: { type: 'boolean', default: false } } }).values
const missing = platforms.filter((platform) => !existsSync(binaryPath(platform)))
if (missing.length > 0 && !partial) {
  throw new Error(`dist/binaries has no ${missing.map(({ binary }) => binary).join(', ')}`)
}
console.log(`dist/packages: ${manifest.name} and ${stage(binaries, packages).join(', ')}`)
