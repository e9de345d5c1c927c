// A registry on this machine that has the packages as they are published, and nothing else.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { stage } from '../scripts/packages.mjs'
import { binaries, manifest, platforms, root } from '../scripts/platforms.mjs'
import { succeed } from './command.mts'

/**
 * Lays the packages out. What only other systems build is stood in for by a file of a few bytes: what the tests ask is
 * which package a package manager takes.
 */
function stagePackages(home: string, hereBinary: string): URL {
  const from = pathToFileURL(`${join(home, 'binaries')}/`)
  const to = pathToFileURL(`${join(home, 'packages')}/`)
  mkdirSync(from)
  for (const { binary } of platforms) {
    const places = [new URL(binary, binaries), ...(binary === hereBinary ? [new URL(`addon/${binary}`, root)] : [])]
    const built = places.find((place) => existsSync(place))
    if (built) copyFileSync(built, new URL(binary, from))
    else writeFileSync(new URL(binary, from), 'a stand-in')
  }
  stage(from, to)
  return to
}

/**
 * @param home - an empty folder for all that the registry keeps
 * @param hereBinary - the file name of the binary for this machine, which `npm run build` makes too
 * @returns the registry's address, and what stops it
 */
export async function startRegistry(home: string, hereBinary: string): Promise<{ url: string; stop: () => void }> {
  const packages = stagePackages(home, hereBinary)
  const { runServer } = createRequire(import.meta.url)('verdaccio')
  const app = await runServer({
    self_path: home,
    storage: join(home, 'storage'),
    packages: { '**': { access: '$all', publish: '$all' } },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  })
  const server: Server = await new Promise((resolve) => {
    const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  // npm publishes only with a token, and this registry takes any.
  const npmrc = join(home, '.npmrc')
  writeFileSync(npmrc, `registry=${url}\n${url.slice('http:'.length)}:_authToken=any\n`)
  // What the client half depends on is published as it is installed here, since this registry knows no other.
  const dependencies = Object.keys(manifest.dependencies).map((name) => new URL(`node_modules/${name}/`, root))
  const own = [...platforms.map(({ name }) => name), manifest.name].map((name) => new URL(`${name}/`, packages))
  for (const folder of [...dependencies, ...own]) {
    const publish = ['publish', '--ignore-scripts', '--userconfig', npmrc, '--access', 'public']
    await succeed('npm', publish, fileURLToPath(folder), home)
  }
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url, stop }
}
