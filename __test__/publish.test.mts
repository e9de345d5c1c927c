// What is staged, and in which order it is published, with a stand-in for npm.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { stage } from '../scripts/packages.mjs'
import { manifest, platforms } from '../scripts/platforms.mjs'

const { name, version } = manifest
const script = fileURLToPath(new URL('../scripts/publish.mjs', import.meta.url))
const native = platforms.filter(({ wasm }) => !wasm)

/** Stands for npm: writes down what it is asked to publish, and answers `view` as it is told. */
const npm = `#!${process.execPath}
const { appendFileSync } = require('node:fs')
const { basename } = require('node:path')
const [command, ...args] = process.argv.slice(2)
if (command === 'view') {
  const { status, stdout } = JSON.parse(process.env.ANSWERS)[args.at(-2)] ?? JSON.parse(process.env.ANSWERS).other
  console.log(stdout)
  process.exit(status)
}
appendFileSync(process.env.LOG, JSON.stringify([basename(process.cwd()), command, ...args]) + '\\n')
`
const unknown = { status: 1, stdout: JSON.stringify({ error: { code: 'E404' } }) }

describe('the packages', { skip: process.platform === 'win32' && 'the stand-in for npm is a script' }, () => {
  let folder: string
  let packages: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    mkdirSync(join(folder, 'binaries'))
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin', 'npm'), npm, { mode: 0o755 })
    for (const { binary } of platforms) writeFileSync(join(folder, 'binaries', binary), 'a stand-in')
    packages = join(folder, 'packages')
  })

  beforeEach(() => {
    mkdirSync(join(packages, 'left-over'), { recursive: true })
    process.env.GITHUB_REPOSITORY = 'owner/name'
    stage(pathToFileURL(`${join(folder, 'binaries')}/`), pathToFileURL(`${packages}/`))
    delete process.env.GITHUB_REPOSITORY
  })

  after(() => rmSync(folder, { recursive: true }))

  const read = (one: string) => JSON.parse(readFileSync(join(packages, one, 'package.json'), 'utf8'))
  const edit = (one: string, change: object) =>
    writeFileSync(join(packages, one, 'package.json'), JSON.stringify({ ...read(one), ...change }))

  const publish = (answers: Record<string, unknown> = { other: unknown }, env = {}, args: string[] = []) => {
    const log = join(folder, 'log')
    rmSync(log, { force: true })
    const { GITHUB_REF_NAME, GITHUB_REF_TYPE, ...inherited } = process.env
    const { status, stderr } = spawnSync(process.execPath, [script, ...args, packages], {
      encoding: 'utf8',
      env: {
        ...inherited,
        PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
        ANSWERS: JSON.stringify(answers),
        LOG: log,
        ...env,
      },
    })
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
    return { status, stderr, published: lines.map((line) => JSON.parse(line)) as string[][] }
  }

  it('are the main one and one for each platform, and nothing that lay there before', () => {
    assert.deepEqual(readdirSync(packages).sort(), [name, ...platforms.map(({ name }) => name)].sort())
  })

  it('are asked for at the exact version, WebAssembly only by its name', () => {
    const main = read(name)
    assert.deepEqual(main.optionalDependencies, Object.fromEntries(native.map((one) => [one.package, version])))
    const fallback = '@local-first-identity/wasm32-wasip1'
    assert.deepEqual(main.peerDependencies, { ...manifest.peerDependencies, [fallback]: version })
    for (const peer of Object.keys(main.peerDependencies)) {
      assert.deepEqual(main.peerDependenciesMeta[peer], { optional: true })
    }
    for (const field of ['scripts', 'devDependencies', 'overrides', 'napi', 'private'])
      assert.equal(main[field], undefined)
    assert.deepEqual(readdirSync(join(packages, name)).sort(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'addon',
      'lib',
      'package.json',
      'sbom.cdx.json',
    ])
    assert.ok(main.files.includes('sbom.cdx.json'))
    for (const { types, default: code } of Object.values<{ types: string; default: string }>(main.exports)) {
      for (const file of [types, code]) if (file) assert.ok(existsSync(join(packages, name, file)), file)
    }
  })

  it('say where they belong, and carry the licences of what is in them', () => {
    const { os, cpu, libc, main, files, engines, repository } = read('linux-arm-musleabihf')
    const binary = 'local-first-identity.linux-arm-musleabihf.node'
    assert.deepEqual(
      { os, cpu, libc, main, files },
      {
        os: ['linux'],
        cpu: ['arm'],
        libc: ['musl'],
        main: binary,
        files: [binary, 'THIRD-PARTY-NOTICES.txt'],
      },
    )
    assert.deepEqual(engines, manifest.engines)
    assert.deepEqual(repository, { type: 'git', url: 'git+https://github.com/owner/name.git' })
    for (const one of platforms) {
      const notices = readFileSync(join(packages, one.name, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
      for (const crate of ['curve25519-dalek', 'ed25519-dalek', 'subtle', 'sha1_smol']) {
        assert.match(notices, new RegExp(`^${crate} \\S+ \\(BSD-3-Clause\\)$`, 'm'))
      }
      assert.ok(existsSync(join(packages, one.name, 'LICENSE')))
    }
    assert.deepEqual([read('darwin-x64').libc, read('wasm32-wasip1').cpu], [undefined, undefined])
  })

  it('are published with provenance, the main one last', () => {
    const { status, published } = publish()
    assert.equal(status, 0)
    assert.equal(published.length, platforms.length + 1)
    const how = ['--ignore-scripts', '--access', 'public', '--tag', 'latest', '--provenance']
    assert.deepEqual(published.at(-1), [name, 'publish', ...how])
  })

  it('are left alone where the registry has them', () => {
    const there = { status: 0, stdout: JSON.stringify(version) }
    const { status, published } = publish({ other: unknown, [`@${name}/darwin-x64@${version}`]: there })
    assert.equal(status, 0)
    assert.ok(!published.some(([one]) => one === 'darwin-x64'))
    assert.equal(published.length, platforms.length)
  })

  for (const [what, answer] of Object.entries({
    'an error of the registry': { status: 1, stdout: JSON.stringify({ error: { code: 'E503', summary: 'E404' } }) },
    'an answer without a version': { status: 0, stdout: '' },
    'no answer': { status: 1, stdout: '' },
  })) {
    it(`are not published on ${what}`, () => {
      const { status, published } = publish({ other: answer })
      assert.deepEqual([status, published], [1, []])
    })
  }

  it('are not published by another tag, but by their own', () => {
    const tagged = (ref: string) => publish(undefined, { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: ref })
    assert.match(tagged('v9.9.9').stderr, /the tag is v9\.9\.9/)
    assert.equal(tagged(`v${version}`).status, 0)
  })

  it('are not published in part, in two versions, with scripts or without a repository', () => {
    edit('darwin-x64', { version: '0.0.9' })
    assert.match(publish().stderr, /darwin-x64 is of version 0\.0\.9, and local-first-identity of /)
    edit('darwin-x64', { version, scripts: { prepublishOnly: 'echo beside the token' } })
    assert.match(publish().stderr, /darwin-x64 has scripts/)
    edit('darwin-x64', { scripts: undefined, repository: undefined })
    assert.match(publish().stderr, /darwin-x64 names no repository/)
    rmSync(join(packages, 'darwin-x64'), { recursive: true })
    const { status, stderr, published } = publish()
    assert.match(stderr, /there is no @local-first-identity\/darwin-x64/)
    assert.deepEqual([status, published], [1, []])
  })

  it('of a version before a release get a tag of their own', () => {
    const next = '9.9.9-beta.1'
    const all = Object.fromEntries(native.map((one) => [one.package, next]))
    for (const one of platforms) edit(one.name, { version: next })
    edit(name, { version: next, optionalDependencies: all, peerDependencies: { [`@${name}/wasm32-wasip1`]: next } })
    const { published } = publish()
    assert.ok(published.every((args) => args.includes('next')))
  })
})
