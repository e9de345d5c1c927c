// Builds the addon for a target: finds its standard library, and keeps this machine's folders out of the binary.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { root } from './platforms.mjs'

const cwd = fileURLToPath(root)
const targetDir = join(cwd, 'target', 'prebuild')

// RUSTFLAGS would take the place of the flags below and of those in .cargo/config.toml.
const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, ...inherited } = process.env

/** The environment, with what scripts/cross-tools.sh installed in front of its search path. */
const environment = {
  ...inherited,
  PATH: [join(cwd, 'target', 'cross-tools', 'bin'), process.env.PATH].join(delimiter),
}

/** A reason for which this machine cannot build a target. */
export class Impossible extends Error {}

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
function standardLibrary(target) {
  if (existsSync(join(sysrootOf('rustc'), 'lib', 'rustlib', target, 'lib'))) return { args: [], env: {} }
  const rustc = ['rustc', '/usr/bin/rustc'].find((rustc) => {
    const sysroot = sysrootOf(rustc)
    return sysroot && existsSync(join(sysroot, 'lib', 'rustlib', 'src', 'rust', 'library', 'Cargo.toml'))
  })
  if (!rustc) throw new Impossible(`its standard library is not here: rustup target add ${target}`)
  return { args: ['-Z', 'build-std=std,panic_unwind'], env: { RUSTC: rustc, RUSTC_BOOTSTRAP: '1' } }
}

/** Flags that hide the folders that panic messages would name. */
function remapped() {
  const registry = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src')
  const folders = existsSync(registry) ? readdirSync(registry).map((name) => join(registry, name)) : []
  const pairs = [...folders.map((folder) => `${folder}=crates`), `${cwd}=.`]
  if (pairs.some((pair) => /\s/.test(pair))) throw new Impossible('a folder with a space in its name cannot be hidden')
  return pairs.map((pair) => `--remap-path-prefix=${pair}`)
}

/** Whether zig can link for other systems here. */
function requireZig() {
  if (spawnSync('cargo-zigbuild', ['--version'], { env: environment }).status !== 0) {
    throw new Impossible('cargo-zigbuild is not here: bash scripts/cross-tools.sh')
  }
}

/**
 * @param {string} target - the Rust target triple
 * @param {object} options
 * @param {boolean} [options.zig] - whether zig links
 * @param {string} [options.glibc] - the newest glibc whose symbols zig may take
 * @param {string[]} [options.args] - further arguments of Cargo
 * @param {string[]} [options.flags] - further flags of the compiler
 * @param {Record<string, string>} [options.env]
 * @param {{ args: string[], env: Record<string, string> }} [options.library] - what Cargo needs for a standard library
 * @returns {string} the path of the library
 * @throws {Impossible} if this machine lacks something
 */
export function buildAddon(
  target,
  { zig = false, glibc, args = [], flags = [], env = {}, library = standardLibrary(target) },
) {
  if (zig) requireZig()
  // The flags that hide the registry's folder need it to be there.
  execFileSync('cargo', ['fetch', '--locked', '--quiet'], { cwd, stdio: 'inherit' })
  const what = ['--release', '--locked', '--package', 'local-first-identity-node', '--target-dir', targetDir]
  const triple = glibc ? `${target}.${glibc}` : target
  execFileSync('cargo', [zig ? 'zigbuild' : 'build', ...library.args, ...what, '--target', triple, ...args], {
    cwd,
    env: {
      ...environment,
      ...library.env,
      ...env,
      [`CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}_RUSTFLAGS`]: [...remapped(), ...flags].join(' '),
    },
    stdio: 'inherit',
  })
  const folder = join(targetDir, target, 'release')
  return join(
    folder,
    readdirSync(folder).find((name) => /^(lib)?local_first_identity_node\.(so|dylib|dll|wasm)$/.test(name)),
  )
}

/** Runs zig, to make the small libraries that some targets ask for. */
export function zig(args, options) {
  requireZig()
  execFileSync('python', ['-m', 'ziglang', ...args], { ...options, env: environment, stdio: 'inherit' })
}
