// The bill of materials, beside what Cargo and npm say of the same.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { billOfMaterials } from '../scripts/materials.mjs'
import { manifest, root } from '../scripts/platforms.mjs'

interface Component {
  'bom-ref': string
  name: string
  version: string
  licenses: { expression: string }[]
  hashes: { alg: string; content: string }[]
  purl: string
}

const cwd = fileURLToPath(root)
const run = (command: string, args: string[]) => execFileSync(command, args, { cwd, encoding: 'utf8' })
const text = billOfMaterials()
const bill = JSON.parse(text) as { metadata: { component: Component }; components: Component[]; serialNumber: string }
const listed = (type: string) =>
  bill.components.filter(({ purl }) => purl.startsWith(`pkg:${type}/`)).map(({ name, version }) => `${name}@${version}`)

interface Crate {
  name: string
  dependencies: { name: string; kind: string | null }[]
}

/** The crates that the two packages of the addon ask for: `null` is Cargo's word for what is neither build's nor tests'. */
function crates(kinds: (string | null)[]): string[] {
  const { packages } = JSON.parse(run('cargo', ['metadata', '--locked', '--no-deps', '--format-version=1']))
  const own = (packages as Crate[]).filter(({ name }) => name.startsWith(manifest.name))
  return own
    .flatMap(({ dependencies }) => dependencies.filter(({ kind }) => kinds.includes(kind)))
    .map(({ name }) => name)
}

interface Tree {
  version: string
  dependencies?: Record<string, Tree>
}

function* installed({ dependencies = {} }: Tree): Generator<string> {
  for (const [name, tree] of Object.entries(dependencies)) {
    yield `${name}@${tree.version}`
    yield* installed(tree)
  }
}

describe('the bill of materials', () => {
  it('is of this package', () => {
    const { name, version, purl } = bill.metadata.component
    assert.deepEqual([name, version, purl], [manifest.name, manifest.version, `pkg:npm/${name}@${version}`])
  })

  it('has every crate that is linked into the addon, on one platform or another', () => {
    const names = listed('cargo').map((crate) => crate.split('@')[0])
    const macros = ['napi-derive']
    const asked = crates([null]).filter((name) => name !== manifest.name && !macros.includes(name))
    for (const name of asked) assert.ok(names.includes(name), name)
    // What those ask for: of all platforms, of Linux and WebAssembly alone, of Windows alone.
    for (const name of ['curve25519-dalek', 'subtle', 'napi-sys', 'serde_core', 'libc', 'windows-link']) {
      assert.ok(names.includes(name), name)
    }
  })

  it('has no crate of the tests, of the build or of platforms that nothing is published for', () => {
    const names = listed('cargo').map((crate) => crate.split('@')[0])
    const asked = crates([null])
    const others = crates(['dev', 'build']).filter((name) => !asked.includes(name) && name !== 'curve25519-dalek')
    for (const name of [...others, 'ring', 'rand_core', 'syn', 'r-efi']) assert.ok(!names.includes(name), name)
  })

  it('has every npm package that this one depends on, and those that the WebAssembly loaders contain', () => {
    const tree = JSON.parse(run('npm', ['ls', '--all', '--json', '--omit', 'dev', '--omit', 'peer'])) as Tree
    const bundled = ['@emnapi/core', '@emnapi/runtime', '@emnapi/wasi-threads'].map((name) => {
      const { version } = JSON.parse(readFileSync(join(cwd, 'node_modules', name, 'package.json'), 'utf8'))
      return `${name}@${version}`
    })
    assert.deepEqual(listed('npm').sort(), [...new Set([...bundled, ...installed(tree)])].sort())
  })

  it('says of each its version, its licence and its hash', () => {
    for (const { licenses, hashes, purl, 'bom-ref': reference } of bill.components) {
      assert.equal(reference, purl)
      assert.match(purl, /^pkg:(cargo|npm)\/(%40[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+/)
      assert.match(licenses[0]?.expression ?? '', /^[\w.-]+( (OR|AND|WITH) [\w.-]+)*$|^\(/, purl)
      assert.match(hashes[0]?.content ?? '', purl.startsWith('pkg:cargo/') ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{128}$/, purl)
    }
    assert.equal(new Set(bill.components.map(({ purl }) => purl)).size, bill.components.length)
  })

  it('has the hash that the lockfile has', () => {
    const crate = bill.components.find(({ name }) => name === 'ed25519-dalek') ?? assert.fail()
    assert.ok(readFileSync(join(cwd, 'Cargo.lock'), 'utf8').includes(`checksum = "${crate.hashes[0]?.content}"`))
    const lock = JSON.parse(readFileSync(join(cwd, 'package-lock.json'), 'utf8'))
    const hashes = bill.components.find(({ name }) => name === '@noble/hashes')?.hashes[0] ?? assert.fail()
    const integrity = `sha512-${Buffer.from(hashes.content, 'hex').toString('base64')}`
    assert.deepEqual([hashes.alg, integrity], ['SHA-512', lock.packages['node_modules/@noble/hashes'].integrity])
  })

  it('names no folder, no machine and no address', () => {
    for (const secret of [cwd, homedir(), 'http', 'registry']) assert.ok(!text.includes(secret), secret)
  })

  it('is the same bytes each time, and is named after them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    try {
      const file = join(folder, 'sbom.cdx.json')
      run(process.execPath, ['scripts/sbom.mjs', file])
      assert.equal(readFileSync(file, 'utf8'), text)
    } finally {
      rmSync(folder, { recursive: true })
    }
    // RFC 9562, version 8
    assert.match(bill.serialNumber, /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })
})
