// node scripts/prebuild.mjs [--target TRIPLE]...
//
// Builds the binaries that are published, those of `napi.targets` that this machine can build or those that are named,
// into dist/binaries. What cannot be built says why in one line; one that was named then fails the command.

import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { binaryPath, platforms, root } from './platforms.mjs'

const cwd = fileURLToPath(root)
const targetDir = join(cwd, 'target', 'prebuild')
const path = [join(cwd, 'target', 'cross-tools', 'bin'), process.env.PATH].join(delimiter)

/** A reason for which this machine cannot build a target. */
class Impossible extends Error {}

const sysroots = new Map()

/** Where a compiler keeps its libraries, or nothing where there is no such compiler. */
function sysrootOf(rustc) {
  if (!sysroots.has(rustc)) {
    const { status, stdout } = spawnSync(rustc, ['--print', 'sysroot'], { cwd, encoding: 'utf8' })
    sysroots.set(rustc, status === 0 ? stdout.trim() : undefined)
  }
  return sysroots.get(rustc)
}

/** The standard library of a target: as rustup has it, or built from the sources that a compiler came with. */
function standardLibrary({ target, wasm }) {
  if (existsSync(join(sysrootOf('rustc'), 'lib', 'rustlib', target, 'lib'))) return { args: [], env: {} }
  const rustc = ['rustc', '/usr/bin/rustc'].find((rustc) => {
    const sysroot = sysrootOf(rustc)
    return sysroot && existsSync(join(sysroot, 'lib', 'rustlib', 'src', 'rust', 'library', 'Cargo.toml'))
  })
  if (!rustc) throw new Impossible(`its standard library is not here: rustup target add ${target}`)
  return {
    args: ['-Z', `build-std=std,${wasm ? 'panic_abort' : 'panic_unwind'}`],
    env: { RUSTC: rustc, RUSTC_BOOTSTRAP: '1' },
  }
}

/** The Cargo command that links for a target, and what its linker must know. */
function linker({ target, platform, glibc, macos }) {
  const env = macos ? { MACOSX_DEPLOYMENT_TARGET: macos } : {}
  if (['win32', 'darwin'].includes(process.platform) && platform === process.platform) {
    return { command: 'build', triple: target, env }
  }
  if (platform === 'win32') throw new Impossible("Microsoft's SDK is only on Windows")
  if (platform === 'android') {
    const ndk = process.env.ANDROID_NDK_LATEST_HOME ?? process.env.ANDROID_NDK_HOME
    if (!ndk) throw new Impossible('the Android NDK is not here (ANDROID_NDK_HOME)')
    const clang = join(ndk, 'toolchains', 'llvm', 'prebuilt', 'linux-x86_64', 'bin', 'aarch64-linux-android24-clang')
    return { command: 'build', triple: target, env: { CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER: clang } }
  }
  if (spawnSync('cargo-zigbuild', ['--version'], { env: { ...process.env, PATH: path } }).status !== 0) {
    throw new Impossible('cargo-zigbuild is not here: bash scripts/cross-tools.sh')
  }
  return { command: 'zigbuild', triple: glibc ? `${target}.${glibc}` : target, env }
}

/** Flags that keep this machine's folders out of the binary: its panic messages name source files, a dylib itself. */
function anonymous({ binary, platform }) {
  const registry = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src')
  const folders = existsSync(registry) ? readdirSync(registry).map((name) => join(registry, name)) : []
  const sources = [...folders.map((folder) => `${folder}=crates`), `${cwd}=.`]
  return [
    ...sources.map((source) => `--remap-path-prefix=${source}`),
    ...(platform === 'darwin'
      ? [`-Clink-arg=-Wl,-install_name,@rpath/${binary}`, '-Clink-arg=-Wl,-dead_strip_dylibs']
      : []),
  ]
}

function build(platform) {
  const library = standardLibrary(platform)
  const { command, triple, env } = linker(platform)
  const variable = `CARGO_TARGET_${platform.target.toUpperCase().replaceAll('-', '_')}_RUSTFLAGS`
  const args = [command, ...library.args, '--release', '--locked', '--package', 'local-first-identity-node']
  execFileSync('cargo', [...args, '--target', triple, '--target-dir', targetDir], {
    cwd,
    env: { ...process.env, PATH: path, ...library.env, ...env, [variable]: anonymous(platform).join(' ') },
    stdio: 'inherit',
  })
  const built = join(targetDir, platform.target, 'release')
  const file = readdirSync(built).find((name) => /^(lib)?local_first_identity_node\.(so|dylib|dll|wasm)$/.test(name))
  mkdirSync(new URL('.', binaryPath(platform)), { recursive: true })
  copyFileSync(join(built, file), binaryPath(platform))
}

const { target: named } = parseArgs({ options: { target: { type: 'string', multiple: true } } }).values
const unknown = named?.find((target) => !platforms.some((platform) => platform.target === target))
if (unknown) throw new Error(`--target ${unknown} is not in napi.targets of package.json`)

// The flags that hide the registry's folder need it to be there.
execFileSync('cargo', ['fetch', '--locked'], { cwd, stdio: 'inherit' })

const outcomes = []
for (const platform of platforms.filter(({ target }) => named?.includes(target) ?? true)) {
  try {
    build(platform)
    outcomes.push(`${platform.name}: ${statSync(binaryPath(platform)).size.toLocaleString('en')} bytes`)
  } catch (error) {
    if (!(error instanceof Impossible)) throw error
    outcomes.push(`${platform.name}: not built: ${error.message}`)
    if (named) process.exitCode = 1
  }
}
console.log(outcomes.join('\n'))
