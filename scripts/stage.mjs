// node scripts/stage.mjs [--partial]
//
// Lays out in dist/packages what is published: the main package, and one package for each platform with its binary from
// dist/binaries. Refuses when a binary is missing, unless told that a part will do.

import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { binaryPath, manifest, platforms, root } from './platforms.mjs'

const { partial } = parseArgs({ options: { partial: { type: 'boolean', default: false } } }).values
const packages = new URL('dist/packages/', root)

const missing = platforms.filter((platform) => !existsSync(binaryPath(platform)))
if (missing.length > 0 && !partial) {
  throw new Error(`dist/binaries has no ${missing.map(({ binary }) => binary).join(', ')}`)
}

/** npm's provenance wants the repository that built the package: the workflow knows it. */
function repository() {
  const { GITHUB_REPOSITORY, GITHUB_SERVER_URL } = process.env
  return GITHUB_REPOSITORY ? { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } : undefined
}

function write(folder, name, value) {
  writeFileSync(new URL(name, folder), typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`)
}

/** Starts a package's folder with the files that every package has. */
function start(name) {
  const folder = new URL(`${name}/`, packages)
  mkdirSync(folder, { recursive: true })
  copyFileSync(new URL('LICENSE', root), new URL('LICENSE', folder))
  return folder
}

function stagePlatform(platform) {
  const { name, version, license, engines, keywords } = manifest
  const folder = start(platform.name)
  copyFileSync(binaryPath(platform), new URL(platform.binary, folder))
  write(
    folder,
    'README.md',
    `# ${platform.package}\n\nThe ${platform.target} binary of \`${name}\`, which installs it.\n`,
  )
  write(folder, 'package.json', {
    name: platform.package,
    version,
    description: `The ${platform.target} binary of ${name}`,
    license,
    keywords,
    repository: repository(),
    os: [platform.platform],
    cpu: [platform.arch],
    libc: platform.libc && [platform.libc],
    engines,
    main: platform.binary,
    files: [platform.binary],
  })
}

function stageMain() {
  const { scripts, devDependencies, overrides, napi, private: _, ...published } = manifest
  const folder = start(manifest.name)
  for (const file of ['index.js', 'index.d.ts', 'README.md', 'CHANGELOG.md']) {
    copyFileSync(new URL(file, root), new URL(file, folder))
  }
  write(folder, 'package.json', {
    ...published,
    repository: repository(),
    files: ['index.js', 'index.d.ts', 'CHANGELOG.md'],
    optionalDependencies: Object.fromEntries(platforms.map(({ package: name }) => [name, manifest.version])),
  })
}

rmSync(packages, { recursive: true, force: true })
const staged = platforms.filter((platform) => !missing.includes(platform))
staged.forEach(stagePlatform)
stageMain()
console.log(`dist/packages: ${manifest.name} and ${staged.map(({ name }) => name).join(', ')}`)
