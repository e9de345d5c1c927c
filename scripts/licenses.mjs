// The licences of what is linked into the addon, which those of the BSD kind want to go along with it.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { linkedCrates } from './crates.mjs'

/** The licence files of a package: of those to choose from, the MIT one. */
function textsOf({ license, manifest_path }) {
  const folder = dirname(manifest_path)
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice|copyright)/i.test(name))
  const mit = /\bMIT\b/.test(license) ? names.filter((name) => /mit/i.test(name)) : []
  const chosen = mit.length > 0 ? mit : names.filter((name) => !/apache/i.test(name))
  return chosen.sort().map((name) => readFileSync(join(folder, name), 'utf8').trim())
}

/** One text of all notices, each licence once, above the packages that it is of. */
export function thirdPartyNotices() {
  const owners = new Map()
  for (const one of linkedCrates()) {
    for (const text of textsOf(one)) {
      owners.set(text, [...(owners.get(text) ?? []), `${one.name} ${one.version} (${one.license})`])
    }
  }
  const notices = Array.from(owners, ([text, names]) => `${[...new Set(names)].sort().join('\n')}\n\n${text}`).sort()
  const rust = 'The Rust standard library (MIT OR Apache-2.0)\n\nCopyright (c) The Rust Project Contributors'
  return `The binary contains the following.\n\n${[rust, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
