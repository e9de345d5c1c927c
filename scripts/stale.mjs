// Builds what a change has made stale, and nothing else: the addon, as a debug build, and lib/.

import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { platforms, root } from './platforms.mjs'

const cwd = fileURLToPath(root)

/** What the addon is made of. */
const core = join('crates', 'identity')
const RUST = ['src', join(core, 'src'), join(core, 'Cargo.toml'), 'build.rs', 'Cargo.toml', 'Cargo.lock', '.cargo']

const modified = (path) => statSync(join(cwd, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** When a file, or the newest in a folder, was written. */
function newest(path) {
  if (!statSync(join(cwd, path)).isDirectory()) return modified(path)
  const files = readdirSync(join(cwd, path), { encoding: 'utf8', recursive: true })
  return Math.max(...files.map((file) => modified(join(path, file))))
}

/** The binaries that a build on this machine may have written. */
const own = platforms.filter(({ arch, platform }) => arch === process.arch && platform === process.platform)
const binaries = () => own.map(({ binary }) => join('addon', binary)).filter((name) => modified(name) > 0)

/** Builds the addon, and dates it back to when that began: what is saved meanwhile is newer. */
function buildAddon() {
  const start = new Date()
  if (!succeeds(process.execPath, 'scripts/build.mjs', '--debug')) return false
  for (const name of binaries()) utimesSync(join(cwd, name), start, start)
  return true
}

/** When what the addon is made of was last written. */
const rustWritten = () => Math.max(...RUST.map(newest))
const addonIsStale = () => rustWritten() > Math.max(0, ...binaries().map(modified))

/** Runs a command here, and tells whether it succeeded. */
export const succeeds = (command, ...args) => spawnSync(command, args, { cwd, stdio: 'inherit' }).status === 0

const tsc = fileURLToPath(import.meta.resolve('typescript/package.json').replace('package.json', 'bin/tsc'))

const TYPESCRIPT = ['client', 'common', 'integrations', 'jazz', 'server', 'stores', 'testing', '__test__']

/** When anything was last written that a build or a test is made of. */
export const lastWritten = () => Math.max(rustWritten(), ...TYPESCRIPT.map(newest))

/** Builds what is stale, and tells whether that succeeded. */
export const buildStale = () =>
  (!addonIsStale() || buildAddon()) && succeeds(process.execPath, tsc, '-b', 'tsconfig.lib.json')
