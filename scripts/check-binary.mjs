// node scripts/check-binary.mjs [FILE]...
//
// Examines binaries before they may ship, those of dist/binaries or those that are named, against what their names
// promise. Prints a line for each; one fault fails the command.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

import { binaryPath, platforms, root } from './platforms.mjs'
import { commonFaults } from './shipped.mjs'

const NODE_API = 6

const { symbols } = createRequire(import.meta.url)('node-api-headers')
const nodeApi = new Set(
  Array.from({ length: NODE_API }, (_, index) => symbols[`v${index + 1}`]).flatMap((version) => [
    ...version.js_native_api_symbols,
    ...version.node_api_symbols,
  ]),
)

const formats = { darwin: 'MachO', win32: 'PE' }
const machines = {
  ELF: { x64: 'X86_64', arm64: 'AARCH64', arm: 'ARM', riscv64: 'RISCV', ppc64: 'PPC64', s390x: 'S390' },
  MachO: { x64: 'X86_64', arm64: 'ARM64' },
  PE: { x64: 'AMD64', arm64: 'ARM64', ia32: 'I386' },
}
/** The libraries that every installation of a platform has: no C++, no unwinder, no Visual C++ run-time library. */
const libraries = {
  glibc: /^(lib(c\.so\.6|m\.so\.6|dl\.so\.2|pthread\.so\.0|rt\.so\.1)|ld(64|-linux[-\w]*)\.so\.\d)$/,
  musl: /^libc\.so$/,
  freebsd: /^lib(c\.so\.7|thr\.so\.3|m\.so\.5)$/,
  android: /^lib(c|dl|m|log)\.so$/,
  darwin: /^\/usr\/lib\/libSystem\.B\.dylib$/,
  win32: /^(kernel32|ntdll|advapi32|userenv|ws2_32|bcryptprimitives|api-ms-win-core-synch-l1-2-0)\.dll$/,
}
/** What wasm/addon.mjs gives beside Node-API. */
const wasiImports =
  /^wasi_snapshot_preview1\.(clock_time_get|environ_get|environ_sizes_get|fd_write|proc_exit|random_get)$/

const newest = (versions) => versions.sort((left, right) => left.localeCompare(right, 'en', { numeric: true })).at(-1)

const notAfter = (version, limit) => newest([version, limit]) === limit

function* wasmFaults(file) {
  const module = new WebAssembly.Module(readFileSync(file))
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'memory' || nodeApi.has(name) || wasiImports.test(`${from}.${name}`)) continue
    yield `it imports ${from}.${name}`
  }
}

const elfKind = (arch) => ({ littleEndian: arch !== 's390x', bits: arch === 'arm' ? 32 : 64 })

function* nativeFaults(found, { arch, glibc, libc, macos, platform }) {
  const format = formats[platform] ?? 'ELF'
  const kind = { format, machine: machines[format][arch], ...(format === 'ELF' && elfKind(arch)) }
  if (Object.entries(kind).some(([name, value]) => found[name] !== value)) {
    yield `it is ${found.format} for ${found.machine}`
  }
  for (const library of found.libraries) {
    if (!libraries[libc ?? platform].test(library)) yield `it needs ${library}`
  }
  const calls = found.imports.filter((name) => /^(napi|node_api)_/.test(name))
  for (const name of calls) if (!nodeApi.has(name)) yield `it imports ${name}, which is not in Node-API ${NODE_API}`
  // Every symbol of these systems' libraries has a version, and no other library is asked for.
  const strangers = glibc || platform === 'freebsd' ? found.unversioned.filter((name) => !calls.includes(name)) : []
  if (strangers.length > 0) yield `it imports ${strangers.join(', ')}, which no library has`
  // On Windows the program that loads an addon may have any name, so the calls are looked up as it loads.
  if (calls.length === 0 && platform !== 'win32') yield 'it calls no Node-API'
  if (!found.exports.includes('napi_register_module_v1')) yield 'it exports no napi_register_module_v1'
  // Mach-O looks a symbol up in the library that it was linked from, so that other exports do no harm there.
  const others = platform === 'darwin' ? [] : found.exports.filter((name) => name !== 'napi_register_module_v1')
  if (others.length > 0) yield `it exports ${others.join(', ')}`
  if (found.rpath) yield 'it has an RPATH'
  if (found.textRelocations) yield 'it has relocations in its code'
  if (found.executableStack) yield 'it wants an executable stack'
  if (!found.stripped) yield 'it is not stripped'
  if (platform === 'darwin' && arch === 'arm64' && !found.signed) yield 'it is not signed, or was changed since'
  if (macos && !notAfter(found.system, macos)) yield `it needs macOS ${found.system}, newer than ${macos}`
  if (glibc && !notAfter(glibcOf(found), glibc)) yield `it needs glibc ${glibcOf(found)}, newer than ${glibc}`
  if (glibc) for (const name of found.versions) if (!/^GLIBC_[\d.]+$/.test(name)) yield `it needs ${name}`
}

const glibcOf = ({ versions }) => newest(versions.flatMap((name) => name.match(/^GLIBC_([\d.]+)$/)?.[1] ?? [])) ?? '0'

/** What lief reads in a binary: the lief of scripts/cross-tools.sh, or of the Python that is here. */
function inspect(file) {
  const ours = fileURLToPath(new URL('target/cross-tools/bin/python', root))
  const theirs = process.platform === 'win32' ? 'python' : 'python3'
  const script = fileURLToPath(new URL('inspect-binary.py', import.meta.url))
  return JSON.parse(execFileSync(existsSync(ours) ? ours : theirs, [script, file], { encoding: 'utf8' }))
}

function examine(file) {
  const platform = platforms.find(({ binary }) => binary === basename(file))
  if (!platform) throw new Error(`${basename(file)} is the binary of none of napi.targets`)
  const found = platform.wasm ? undefined : inspect(file)
  const faults = [...commonFaults(file), ...(found ? nativeFaults(found, platform) : wasmFaults(file))]
  const needs = platform.glibc ? `, glibc ${glibcOf(found)}` : found?.system ? `, macOS ${found.system}` : ''
  console.log(
    `${platform.name}: ${statSync(file).size.toLocaleString('en')} bytes${needs}: ${faults.join('; ') || 'ok'}`,
  )
  if (faults.length > 0) process.exitCode = 1
}

const files = process.argv.slice(2)
const built = platforms.map((platform) => fileURLToPath(binaryPath(platform))).filter(existsSync)
if (files.length + built.length === 0) throw new Error('dist/binaries is empty: npm run build:all')
for (const file of files.length > 0 ? files : built) examine(file)
