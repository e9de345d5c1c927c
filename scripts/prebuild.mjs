// node scripts/prebuild.mjs [--target TRIPLE]...
//
// Builds the binaries that are published, those of `napi.targets` that this machine can build or those that are named,
// into dist/binaries. What cannot be built says why in one line; one that was named then fails the command.

import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { buildAddon, Impossible, zig } from './cargo.mjs'
import { binaryPath, platforms, root } from './platforms.mjs'
import { buildWasm } from './wasm.mjs'

const here = process.platform

function buildForMacos({ binary, macos, target }) {
  // zig would write this machine's path into the library as its name, and ask for libraries that nothing calls.
  const flags = [`-Clink-arg=-Wl,-install_name,@rpath/${binary}`, '-Clink-arg=-Wl,-dead_strip_dylibs']
  return buildAddon(target, { zig: here !== 'darwin', flags, env: { MACOSX_DEPLOYMENT_TARGET: macos } })
}

function buildForWindows({ target }) {
  if (here !== 'win32') throw new Impossible("Microsoft's SDK is only on Windows")
  return buildAddon(target, {})
}

function buildForAndroid({ target }) {
  const ndk = process.env.ANDROID_NDK_LATEST_HOME ?? process.env.ANDROID_NDK_HOME
  if (!ndk) throw new Impossible('the Android NDK is not here (ANDROID_NDK_HOME)')
  const clang = join(ndk, 'toolchains', 'llvm', 'prebuilt', 'linux-x86_64', 'bin', 'aarch64-linux-android24-clang')
  return buildAddon(target, { env: { CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER: clang } })
}

// zig's unwinder prints by functions that came with glibc 2.32. These do as much: it prints no long double.
const printing = `
extern int vfprintf(void *, const char *, __builtin_va_list);
extern int vsnprintf(char *, unsigned long, const char *, __builtin_va_list);
__attribute__((visibility("hidden"))) int __fprintfieee128(void *file, const char *format, ...) {
  __builtin_va_list values;
  __builtin_va_start(values, format);
  int written = vfprintf(file, format, values);
  __builtin_va_end(values);
  return written;
}
__attribute__((visibility("hidden"))) int __snprintfieee128(char *text, unsigned long size, const char *format, ...) {
  __builtin_va_list values;
  __builtin_va_start(values, format);
  int written = vsnprintf(text, size, format, values);
  __builtin_va_end(values);
  return written;
}
`

function buildForLinux({ arch, glibc, target }) {
  if (arch !== 'ppc64') return buildAddon(target, { zig: true, glibc })
  const folder = fileURLToPath(new URL('target/prebuild/', root))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'printing.c'), printing)
  const how = ['-target', `powerpc64le-linux-gnu.${glibc}`, '-O2', '-fPIC']
  zig(['cc', ...how, '-c', 'printing.c', '-o', 'printing.o'], { cwd: folder })
  return buildAddon(target, { zig: true, glibc, flags: [`-Clink-arg=${join(folder, 'printing.o')}`] })
}

const builders = {
  android: buildForAndroid,
  darwin: buildForMacos,
  freebsd: ({ target }) => buildAddon(target, { zig: true }),
  linux: buildForLinux,
  wasi: buildWasm,
  win32: buildForWindows,
}

function build(platform) {
  const library = builders[platform.platform](platform)
  mkdirSync(new URL('.', binaryPath(platform)), { recursive: true })
  copyFileSync(library, binaryPath(platform))
  return `${statSync(library).size.toLocaleString('en')} bytes`
}

const { target: named } = parseArgs({ options: { target: { type: 'string', multiple: true } } }).values
const unknown = named?.find((target) => !platforms.some((platform) => platform.target === target))
if (unknown) throw new Error(`--target ${unknown} is not in napi.targets of package.json`)

const outcomes = []
for (const platform of platforms.filter(({ target }) => named?.includes(target) ?? true)) {
  try {
    outcomes.push(`${platform.name}: ${build(platform)}`)
  } catch (error) {
    if (!(error instanceof Impossible)) throw error
    outcomes.push(`${platform.name}: not built: ${error.message}`)
    if (named) process.exitCode = 1
  }
}
console.log(outcomes.join('\n'))
