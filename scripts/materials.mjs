// The bill of materials of what ships, as CycloneDX. It has the crates in the addon, the npm dependencies of the main
// package, and the packages in the loaders of the WebAssembly package.
//
// The lockfiles say it all. `npm sbom --omit dev` leaves @noble/hashes out (npm 11.19), which a development dependency
// asks for, too; and it knows nothing of what is bundled.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { buildSync } from 'esbuild'

import { linkedCrates } from './crates.mjs'
import { manifest, root } from './platforms.mjs'

const read = (name) => readFileSync(new URL(name, root), 'utf8')

function describe(type, { name, version, license }) {
  const purl = `pkg:${type}/${name.replace('@', '%40')}@${encodeURIComponent(version)}`
  return { 'bom-ref': purl, type: 'library', name, version, licenses: [{ expression: license }], purl }
}

function crates() {
  const entries = read('Cargo.lock').matchAll(/^name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"$/gm)
  const checksums = new Map(Array.from(entries, ([, name, version, checksum]) => [`${name}@${version}`, checksum]))
  return linkedCrates().map((crate) => {
    const content = checksums.get(`${crate.name}@${crate.version}`)
    return { ...describe('cargo', crate), hashes: [{ alg: 'SHA-256', content }] }
  })
}

/** The files that the loaders of the WebAssembly package are bundled from. */
function loaderFiles() {
  const entryPoints = ['wasm/wasi.mjs', 'wasm/wasi-browser.mjs']
  const how = { absWorkingDir: fileURLToPath(root), bundle: true, platform: 'node', format: 'esm' }
  return Object.keys(buildSync({ ...how, entryPoints, outdir: 'dist', write: false, metafile: true }).metafile.inputs)
}

function npmPackages() {
  const files = loaderFiles()
  const { packages } = JSON.parse(read('package-lock.json'))
  const { '': _, ...others } = packages
  const isBundled = (path) => files.some((file) => file.startsWith(`${path}/`))
  return Object.entries(others)
    .filter(([path, { dev, devOptional, peer }]) => !(dev || devOptional || peer) || isBundled(path))
    .map(([path, { integrity, ...one }]) => {
      const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
      const name = path.split('node_modules/').at(-1)
      return { ...describe('npm', { ...one, name }), hashes: [{ alg: 'SHA-512', content }] }
    })
}

/** A UUID of version 8, made from the contents: the same contents have the same UUID. */
function uuidOf(text) {
  const digest = createHash('sha256').update(text).digest('hex')
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}

/** @returns {string} the same bytes for the same lockfiles */
export function billOfMaterials() {
  const contents = {
    metadata: { component: describe('npm', manifest) },
    components: [...crates(), ...npmPackages()].sort((left, right) => (left.purl < right.purl ? -1 : 1)),
  }
  // The workflow's actions/attest takes no bill without a serial number.
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(contents))}`
  const head = { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1 }
  return `${JSON.stringify({ ...head, ...contents }, null, 2)}\n`
}
