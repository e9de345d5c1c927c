// The platforms that binaries are built for, as everything here names them: `napi.targets` of package.json.

import { readFileSync } from 'node:fs'

import { parseTriple } from '@napi-rs/cli'

export const root = new URL('../', import.meta.url)
export const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

/** The C library that npm's `libc` field names, by the ABI of a Linux target. */
const libcs = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** The oldest glibc to run on: that of CentOS 7, or the first that zig links for an architecture; Node 20 needs 2.28. */
const glibcFloor = (arch) => ({ ppc64: '2.19', riscv64: '2.27' })[arch] ?? '2.17'

/** The oldest macOS that Node 20 runs on. */
const macosFloor = (arch) => (arch === 'arm64' ? '11.0' : '10.15')

/** @param {string} target - a Rust target triple */
function describe(target) {
  const { platformArchABI: name, platform, arch, abi } = parseTriple(target)
  const wasm = platform === 'wasi'
  const libc = platform === 'linux' ? libcs[abi] : undefined
  return {
    target,
    name,
    arch,
    platform,
    libc,
    macos: platform === 'darwin' ? macosFloor(arch) : undefined,
    glibc: libc === 'glibc' ? glibcFloor(arch) : undefined,
    package: `@${manifest.name}/${name}`,
    binary: `${manifest.name}.${name}.${wasm ? 'wasm' : 'node'}`,
    wasm,
  }
}

/**
 * What is built, in the order of `napi.targets`.
 *
 * @type {ReturnType<typeof describe>[]}
 */
export const platforms = manifest.napi.targets.map(describe)

/** Where `scripts/prebuild.mjs` puts the binaries, and `scripts/stage.mjs` the packages. */
export const binaries = new URL('dist/binaries/', root)
export const packages = new URL('dist/packages/', root)

/** Where the binary of a platform is built to. */
export const binaryPath = ({ binary }) => new URL(binary, binaries)
