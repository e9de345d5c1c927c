import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const npm = (args: string[], cwd: string) => execFileSync('npm', args, { cwd, encoding: 'utf8' })

/** A project in which `jazz-napi` is this package, packed and installed under that name; the caller removes its folder. */
export function projectWithAlias(): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  npm(['install', '--offline', '--no-audit', '--no-fund', `jazz-napi@file:${packed.filename}`], folder)
  return folder
}
