'use strict'

const { closeSync, existsSync, openSync, readdirSync, readSync, statSync } = require('node:fs')

const NAME = __NAME__
const VERSION = __VERSION__
const EXPORTS = __EXPORTS__
const FALLBACK = __FALLBACK__

// Bundlers read these calls to know what to ship. So each name is written in full, in a `try` of its own.
const BINARIES = __BINARIES__

/** A request that failed: what a package throws need not be an error. */
const failure = (request, thrown) => ({
  request,
  error: typeof thrown?.message === 'string' ? thrown : new Error(String(thrown)),
})

/** The exports of a binary, if they are those that this file was written for. */
function checked(binary) {
  if (binary.VERSION !== VERSION) throw new Error(`It is of version ${binary.VERSION}, and this is ${VERSION}`)
  const missing = EXPORTS.filter((name) => typeof binary[name] !== 'function')
  if (missing.length > 0) throw new Error(`It has no ${missing.join(', ')}`)
  return binary
}

/** Whether this process runs on musl: its program asks for that dynamic loader in its first page. */
function usesMusl() {
  try {
    if (!statSync(process.execPath).isFile()) return false
    const page = Buffer.alloc(4096)
    const program = openSync(process.execPath, 'r')
    try {
      readSync(program, page, 0, page.length, 0)
    } finally {
      closeSync(program)
    }
    return page.includes('/ld-musl-')
  } catch {
    return false
  }
}

/** The platforms whose native binary may fit this process, the likeliest first. */
function nativePlatforms() {
  const { arch, config, platform } = process
  if (platform === 'win32') return [`win32-${arch}-msvc`]
  if (platform !== 'linux') return [`${platform}-${arch}`]
  // npm calls every 32-bit ARM `arm`, and an instruction that ARMv6 lacks would end the process.
  if (arch === 'arm' && Number(config?.variables?.arm_version) < 7) return []
  const abi = arch === 'arm' ? 'eabihf' : ''
  const libcs = usesMusl() ? ['musl', 'gnu'] : ['gnu', 'musl']
  return libcs.map((libc) => `linux-${arch}-${libc}${abi}`)
}

/** The C library of this process and its version, as far as Node tells. */
function libc() {
  if (process.platform !== 'linux') return ''
  if (usesMusl()) return ' (musl)'
  try {
    return ` (glibc ${process.report.getReport().header.glibcVersionRuntime ?? 'unknown'})`
  } catch {
    return ' (glibc unknown)'
  }
}

/**
 * The platforms whose package is installed beside this one. `module.path` and not `__dirname`: an ES module that a bundler
 * makes of this file has none, and tools that collect files by reading the code would take all that lies in the folder.
 */
function installed() {
  try {
    return readdirSync(`${module.path}/../../@${NAME}`)
  } catch {
    return []
  }
}

/** What the person who reads the error can do. */
function remedy(platforms, broken) {
  const there = installed()
  const others = there.filter((name) => Object.hasOwn(BINARIES, name) && !platforms.includes(name) && name !== FALLBACK)
  const foreign = others.length > 0 ? `Installed is the binary of another platform: ${others.join(', ')}.\n` : ''
  if (broken.some(({ message }) => message.includes('GLIBC_'))) {
    return `The binary was built for a newer C library. Those on npm need __FLOORS__: install ${NAME} from\nthere, or build it on this system with \`npm run build\` in a clone.`
  }
  if (broken.length > 0) {
    return `${foreign}If the system forbids this process to load it, as it says above, allow that. Otherwise the binary is of another version\nor platform, damaged, or replaced by a bundler: remove node_modules and install again, and keep ${NAME}\nexternal.`
  }
  if (existsSync(`${module.path}/../Cargo.toml`)) return 'This is a clone without a binary: run `npm run build`.'
  if (!Object.hasOwn(BINARIES, platforms[0])) {
    return `${foreign}There is no native binary for this platform. WebAssembly runs on it:\n\`npm install @${NAME}/${FALLBACK}@${VERSION}\`.`
  }
  if (there.includes(platforms[0])) {
    return `The package @${NAME}/${platforms[0]} is there, but not the file in it: look for what leaves\n*.node out (.dockerignore, .gitignore, a bundler), then install again.`
  }
  return `${foreign}The binary is an optional dependency, @${NAME}/${platforms[0]}. It is left out
- by --omit=optional, --no-optional and settings like them: remove node_modules and install without;
- by a node_modules or a lockfile from another platform (https://github.com/npm/cli/issues/4828): remove
  node_modules and package-lock.json, then run \`npm install\`;
- by a bundler, or a copy of node_modules without its links: keep ${NAME} external, and copy all of it.`
}

/** A request as the list of what was tried has it, with the first line of what the system said. */
function line({ request, error: { message } }) {
  const missing = message.startsWith(`Cannot find module '${request}'`)
  return `\n  ${request}: ${missing ? 'not found' : message.split('\n')[0]}`
}

function load() {
  const tried = []
  const platforms = nativePlatforms()
  for (const platform of [...platforms, FALLBACK]) {
    const binary = Object.hasOwn(BINARIES, platform) && BINARIES[platform](tried)
    if (binary) return binary
  }
  const { arch, platform, version } = process
  const broken = tried.map(({ error }) => error).filter(({ code }) => code !== 'MODULE_NOT_FOUND')
  const message =
    `${NAME} ${VERSION} found no binary that loads on ${platform} ${arch}${libc()} with Node ${version}.\n` +
    `Tried:${tried.map(line).join('')}\n${remedy(platforms, broken)}`
  throw broken.length > 0 ? new AggregateError(broken, message) : new Error(message)
}

const binding = load()
