import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const npm = (args: string[], cwd: string) => execFileSync('npm', args, { cwd, encoding: 'utf8' })

/** A project in which `jazz-napi` is this package, packed and installed under that name; the caller removes its folder. */
export function projectWithAlias(): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root))
  // Without a network, what the client half depends on comes from here.
  const dependencies = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies)
  const here = dependencies.map((name) => [name, `file:${join(root, 'node_modules', name)}`])
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: Object.fromEntries(here) }))
  npm(
    ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', `jazz-napi@file:${packed.filename}`],
    folder,
  )
  return folder
}
