// The packages that are published: the main one, and one for each platform with its binary.

import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'

import { thirdPartyNotices } from './licenses.mjs'
import { billOfMaterials } from './materials.mjs'
import { manifest, platforms, root } from './platforms.mjs'
import { bundleLoaders } from './wasm.mjs'

/** npm's provenance and its links want the repository that the packages come from: the workflow knows it. */
function repository() {
  const { GITHUB_REPOSITORY, GITHUB_SERVER_URL = 'https://github.com' } = process.env
  return GITHUB_REPOSITORY ? { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } : undefined
}

function write(folder, name, value) {
  writeFileSync(new URL(name, folder), typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`)
}

/** Starts a package's folder with the files that every package has. */
function start(to, name) {
  const folder = new URL(`${name}/`, to)
  mkdirSync(folder, { recursive: true })
  copyFileSync(new URL('LICENSE', root), new URL('LICENSE', folder))
  return folder
}

const NOTICES = 'THIRD-PARTY-NOTICES.txt'
const BILL = 'sbom.cdx.json'

function stagePlatform(platform, from, to, notices) {
  const { name, version, license, engines, keywords } = manifest
  const folder = start(to, platform.name)
  copyFileSync(new URL(platform.binary, from), new URL(platform.binary, folder))
  const how = platform.wasm ? 'install it beside that package' : 'that package installs it'
  write(folder, 'README.md', `# ${platform.package}\n\nThe ${platform.target} binary of \`${name}\`: ${how}.\n`)
  write(folder, NOTICES, notices)
  write(folder, 'package.json', {
    name: platform.package,
    version,
    description: `The ${platform.target} binary of ${name}`,
    license,
    keywords,
    repository: repository(),
    engines,
    ...(platform.wasm ? wasmFields(platform, folder) : nativeFields(platform)),
  })
}

const nativeFields = ({ arch, binary, libc, platform }) => ({
  os: [platform],
  cpu: [arch],
  libc: libc && [libc],
  main: binary,
  files: [binary, NOTICES],
})

/** It runs everywhere and is asked for by name, since `--cpu=wasm32` would hold for the native packages of others, too. */
const wasmFields = ({ binary }, folder) => ({
  ...bundleLoaders(folder),
  files: [binary, NOTICES, 'index.d.ts', 'wasi-browser.mjs', 'wasi.cjs'],
})

const exactly = (some) => Object.fromEntries(some.map(({ package: name }) => [name, manifest.version]))

function stageMain(to) {
  const fallback = platforms.filter(({ wasm }) => wasm)
  const { scripts, devDependencies, overrides, napi, private: _, ...published } = manifest
  const folder = start(to, manifest.name)
  const files = ['addon/index.js', 'addon/index.d.ts', 'lib', 'CHANGELOG.md']
  for (const file of [...files, 'README.md']) {
    cpSync(new URL(file, root), new URL(file, folder), { recursive: true })
  }
  write(folder, BILL, billOfMaterials())
  write(folder, 'package.json', {
    ...published,
    repository: repository(),
    files: [...files, BILL],
    optionalDependencies: exactly(platforms.filter(({ wasm }) => !wasm)),
    peerDependencies: { ...published.peerDependencies, ...exactly(fallback) },
    peerDependenciesMeta: {
      ...published.peerDependenciesMeta,
      ...Object.fromEntries(fallback.map(({ package: name }) => [name, { optional: true }])),
    },
  })
}

/**
 * @param {URL} from - the folder of the binaries
 * @param {URL} to - the folder of the packages; what it holds is removed
 * @returns {string[]} the names of the platforms that had a binary
 */
export function stage(from, to) {
  rmSync(to, { recursive: true, force: true })
  const built = platforms.filter(({ binary }) => existsSync(new URL(binary, from)))
  const notices = thirdPartyNotices()
  for (const platform of built) stagePlatform(platform, from, to, notices)
  stageMain(to)
  return built.map(({ name }) => name)
}
