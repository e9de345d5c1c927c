// The addon as WebAssembly, for where no native binary fits, and the package that holds it.

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { buildSync } from 'esbuild'

import { buildAddon, Impossible } from './cargo.mjs'
import { root } from './platforms.mjs'

const cwd = fileURLToPath(root)
const { resolve } = createRequire(import.meta.url)

/** Whether the compiler has the target's standard library, as `rustup target add` brings it. */
function isInstalled(target) {
  const libraries = execFileSync('rustc', ['--print', 'target-libdir', '--target', target], { cwd, encoding: 'utf8' })
  return existsSync(libraries.trim())
}

/**
 * The target from Debian's packages rustc-web, rust-web-src, wasi-libc and lld-16. Neither the compiler nor napi-build looks
 * where Debian puts the C library. Both ask the compiler where to look, so this makes a compiler's home of links that has it.
 */
function debianLibrary(target) {
  const needed = ['/usr/lib/rustlib/src', '/usr/lib/wasm32-wasi/libc.a', '/usr/bin/wasm-ld-16']
  if (!needed.every((path) => existsSync(path))) {
    throw new Impossible(`its standard library is not here: rustup target add ${target}`)
  }
  const home = join(cwd, 'target', 'wasi-sysroot')
  const rustlib = join(home, 'lib', 'rustlib')
  const objects = join(rustlib, target, 'lib', 'self-contained')
  rmSync(home, { recursive: true, force: true })
  mkdirSync(objects, { recursive: true })
  for (const name of readdirSync('/usr/lib/rustlib')) symlinkSync(join('/usr/lib/rustlib', name), join(rustlib, name))
  for (const name of ['crt1-command.o', 'crt1-reactor.o', 'libc.a']) {
    symlinkSync(join('/usr/lib/wasm32-wasi', name), join(objects, name))
  }
  const rustc = join(home, 'rustc')
  writeFileSync(rustc, `#!/bin/sh\nexec /usr/bin/rustc --sysroot '${home}' "$@"\n`, { mode: 0o755 })
  return {
    args: ['-Z', 'build-std=std,panic_abort'],
    env: { RUSTC: rustc, RUSTC_BOOTSTRAP: '1', CARGO_TARGET_WASM32_WASIP1_LINKER: 'wasm-ld-16' },
  }
}

/** @returns {string} the path of the module */
export function buildWasm({ target }) {
  // Where napi-build looks for the half of Node-API that is written in C.
  const EMNAPI_LINK_DIR = join(dirname(resolve('emnapi/package.json')), 'lib', target)
  const library = isInstalled(target) ? undefined : debianLibrary(target)
  return buildAddon(target, { library, env: { EMNAPI_LINK_DIR } })
}

/**
 * Puts the loaders beside the module: wasi.cjs for Node, wasi-browser.mjs for browsers.
 *
 * Each is one file that contains emnapi. Emnapi's own packages are six times as large, and must have the exact
 * version that the module was linked with. They are ES modules, which `require` takes only from Node 20.19 on.
 *
 * @param {URL} folder - the package's
 * @returns {object} what package.json says of them
 */
export function bundleLoaders(folder) {
  const outfile = (name) => fileURLToPath(new URL(name, folder))
  const common = { absWorkingDir: cwd, bundle: true, minify: true, logLevel: 'warning' }
  const node = { entryPoints: ['wasm/wasi.mjs'], outfile: outfile('wasi.cjs'), format: 'cjs', platform: 'node' }
  buildSync({ ...common, ...node, target: 'node20' })
  const browser = { entryPoints: ['wasm/wasi-browser.mjs'], outfile: outfile('wasi-browser.mjs'), format: 'esm' }
  buildSync({ ...common, ...browser, target: 'es2022' })

  copyFileSync(new URL('addon/index.d.ts', root), new URL('index.d.ts', folder))
  const emnapi = join(dirname(resolve('@emnapi/core/package.json')), 'LICENSE')
  const [own, theirs] = [new URL('LICENSE', root), emnapi].map((file) => readFileSync(file, 'utf8').trim())
  const license = `${own}\n\n---\n\nwasi.cjs and wasi-browser.mjs contain emnapi:\n\n${theirs}\n`
  writeFileSync(new URL('LICENSE', folder), license)
  return {
    type: 'commonjs',
    main: 'wasi.cjs',
    types: 'index.d.ts',
    exports: {
      '.': { types: './index.d.ts', browser: './wasi-browser.mjs', default: './wasi.cjs' },
      './package.json': './package.json',
    },
  }
}
