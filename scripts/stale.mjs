// Builds what a change has made stale, and nothing else: the addon, as a debug build, and lib/.

import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { root } from './platforms.mjs'

export const cwd = fileURLToPath(root)

/** What the addon is made of. */
export const RUST = ['src', join('crates', 'identity', 'src'), 'build.rs', 'Cargo.toml', 'Cargo.lock']

const modified = (path) => statSync(join(cwd, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** When a file, or the newest in a folder, was written. */
function newest(path) {
  if (!statSync(join(cwd, path)).isDirectory()) return modified(path)
  const files = readdirSync(join(cwd, path), { encoding: 'utf8', recursive: true })
  return Math.max(...files.map((file) => modified(join(path, file))))
}

function addonIsStale() {
  const binaries = readdirSync(cwd).filter((name) => name.endsWith('.node'))
  const built = Math.max(0, ...binaries.map(modified))
  return RUST.some((path) => newest(path) > built)
}

/** Runs a command here, and tells whether it succeeded. */
export const succeeds = (command, ...args) => spawnSync(command, args, { cwd, stdio: 'inherit' }).status === 0

const tsc = fileURLToPath(import.meta.resolve('typescript/package.json').replace('package.json', 'bin/tsc'))

/** Builds what is stale, and tells whether that succeeded. */
export const buildStale = () =>
  (!addonIsStale() || succeeds(process.execPath, 'scripts/build.mjs', '--debug')) &&
  succeeds(process.execPath, tsc, '-b', 'tsconfig.lib.json')
