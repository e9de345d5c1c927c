// node scripts/sbom.mjs [FILE]
//
// Writes the bill of materials of what ships: to dist/sbom.cdx.json, unless another file is named.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { billOfMaterials } from './materials.mjs'
import { root } from './platforms.mjs'

const file = resolve(process.argv[2] ?? fileURLToPath(new URL('dist/sbom.cdx.json', root)))
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, billOfMaterials())
console.log(file)
