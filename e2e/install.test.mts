// The packages as they are published, and the package managers that install them from a registry.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { binaries, manifest, platforms, root } from '../scripts/platforms.mjs'
import { run, succeed } from './command.mts'
import { type Manager, managers, type Selection } from './managers.mts'
import { startRegistry } from './registry.mts'
import { skip } from './support.mts'

/** The README's example of the device, and what it prints, as its last comment says. */
const [, example = assert.fail('the README has lost its second example')] = Array.from(
  readFileSync(new URL('README.md', root), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms),
  ([, code]) => code ?? '',
)
const [, printed = assert.fail('the example does not say what it prints')] = /\/\/ (true .*)$/m.exec(example) ?? []

const { glibcVersionRuntime } = (process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } })
  .header
const libc = process.platform === 'linux' ? (glibcVersionRuntime ? 'glibc' : 'musl') : undefined
const here =
  platforms.find((one) => one.platform === process.platform && one.arch === process.arch && one.libc === libc) ??
  assert.fail('nothing is published for this platform')

const wasm = platforms.find(({ wasm }) => wasm) ?? assert.fail('there is no fallback')
const oldNpm = fileURLToPath(new URL('node_modules/npm-10/bin/npm-cli.js', import.meta.url))

const selectionOf = ({ platform, arch, libc }: (typeof platforms)[number]): Selection => ({
  os: platform,
  cpu: arch,
  libc,
})
/** The other platforms that package managers choose from. */
const others = platforms.filter((platform) => platform !== here && platform !== wasm)

let home: string
let registry: Awaited<ReturnType<typeof startRegistry>>
const matrix = new Map<string, Record<string, string>>()

/** An empty app with the README's example, and the settings of a package manager. */
function app(manager: Manager, selection?: Selection): string {
  const path = mkdtempSync(join(home, 'app-'))
  const files = {
    'package.json': { name: 'app', private: true, type: 'module' },
    'example.js': example,
    ...manager.files(registry.url, selection),
  }
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return path
}

const install = (manager: Manager, path: string, args: string[] = []) =>
  succeed(manager.command, [...manager.install, ...args], path, home)

/** The platforms whose package was installed, in alphabetical order. */
function installed(path: string): string[] {
  const modules = join(path, 'node_modules')
  const pnpm = join(modules, '.pnpm')
  const stores = existsSync(pnpm) ? readdirSync(pnpm).map((name) => join(pnpm, name, 'node_modules')) : [modules]
  const scopes = stores.map((store) => join(store, `@${manifest.name}`)).filter((scope) => existsSync(scope))
  return [...new Set(scopes.flatMap((scope) => readdirSync(scope)))].sort()
}

async function runsExample(path: string, [command = assert.fail(), ...args]: string[]): Promise<void> {
  assert.equal(await succeed(command, [...args, 'example.js'], path, home), `${printed}\n`)
}

async function failsWith(path: string): Promise<string> {
  const { status, text } = await run(process.execPath, ['example.js'], path, home)
  assert.equal(status, 1)
  return text
}

const record = (platform: string, manager: string, outcome: string) =>
  matrix.set(platform, { ...matrix.get(platform), [manager]: outcome })

describe('an install from a registry', { skip }, () => {
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'local-first-identity-install-'))
    registry = await startRegistry(home, here.binary)
  })

  after(() => {
    registry?.stop()
    if (home) rmSync(home, { recursive: true, force: true })
    console.table(Object.fromEntries(matrix))
  })

  for (const [name, manager] of Object.entries(managers)) {
    it(`${name} fetches the binary of this platform alone, and the example runs`, async () => {
      const path = app(manager)
      await install(manager, path)
      await runsExample(path, manager.node)
      if (name !== 'yarn pnp') assert.deepEqual(installed(path), [here.name])
      record(here.name, name, 'runs')
    })

    if (name === 'yarn pnp') continue
    it(`${name} fetches the binary of another platform alone, where it is told to`, async () => {
      for (const platform of others) {
        const selection = selectionOf(platform)
        const reason = manager.cannot?.(selection)
        if (!reason) {
          const path = app(manager, selection)
          await install(manager, path, manager.select?.(selection))
          assert.deepEqual(installed(path), [platform.name])
        }
        record(platform.name, name, reason ?? 'fetched')
      }
    })

    if (!manager.withoutOptional) continue
    it(`${name} told to omit optional dependencies leaves an error that says so`, async () => {
      const path = app(manager)
      await install(manager, path, manager.withoutOptional)
      assert.deepEqual(installed(path), [])
      const text = await failsWith(path)
      assert.match(text, /@local-first-identity\/\S+: not found\n/)
      assert.match(text, /--omit=optional, --no-optional/)
    })

    it(`${name} fetches WebAssembly by its name, and it runs in place of a binary`, async (t) => {
      if (!existsSync(new URL(wasm.binary, binaries))) return t.skip('dist/binaries has no WebAssembly')
      const path = app(manager)
      await install(manager, path, [wasm.package, ...(manager.withoutOptional ?? [])])
      assert.deepEqual(installed(path), [wasm.name])
      await runsExample(path, manager.node)
      record(wasm.name, name, 'runs')
    })
  }

  it('passes the check that follows a release', async () => {
    const check = fileURLToPath(new URL('scripts/check-published.mjs', root))
    const text = await succeed(process.execPath, [check, '--unsigned'], home, home)
    assert.match(text, /local-first-identity@\S+ is installed from the registry and verifies a proof\n$/)
  })

  it('npm 10, with a lockfile written on another platform: the error names its bug, and its way out works', async () => {
    const { npm = assert.fail() } = managers
    const path = app(npm)
    const npm10 = (...args: string[]) => succeed(process.execPath, [oldNpm, ...args], path, home)
    const remove = (...names: string[]) => {
      for (const name of names) rmSync(join(path, name), { recursive: true })
    }
    const mac = ['--os=darwin', '--cpu=arm64']
    await npm10(...npm.install, ...mac)
    remove('package-lock.json', 'node_modules/.package-lock.json')
    await npm10('install', ...mac)
    remove('node_modules')

    await npm10('ci')
    assert.deepEqual(installed(path), [])
    const text = await failsWith(path)
    assert.match(text, /issues\/4828\): remove\n {2}node_modules and package-lock\.json, then run `npm install`/)

    remove('node_modules', 'package-lock.json')
    await npm10('install')
    await runsExample(path, npm.node)
  })

  it('names the platform whose node_modules was copied here', async () => {
    const { npm = assert.fail() } = managers
    const path = app(npm)
    await install(npm, path, ['--os=darwin', '--cpu=arm64'])
    assert.match(await failsWith(path), /\nInstalled is the binary of another platform: darwin-arm64\.\n/)
  })
})
