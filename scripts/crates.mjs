// The crates that are linked into the addon.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { platforms, root } from './platforms.mjs'

function cargo(command, ...args) {
  const options = { cwd: fileURLToPath(root), encoding: 'utf8', maxBuffer: 2 ** 28 }
  return execFileSync('cargo', [command, '--locked', ...args], options)
}

/** Those of any platform's binary, as Cargo describes them. */
export function linkedCrates() {
  // `cargo metadata` would add what only the features of the tests ask for.
  const targets = platforms.map(({ target }) => `--target=${target}`)
  const what = ['--package=local-first-identity-node', '--edges=normal,no-proc-macro', ...targets]
  const tree = cargo('tree', ...what, '--prefix=none', '--format={p}')
  const linked = new Set(Array.from(tree.matchAll(/^(\S+) v(\S+)/gm), ([, name, version]) => `${name}@${version}`))
  const { packages } = JSON.parse(cargo('metadata', '--format-version=1'))
  return packages.filter(({ name, source, version }) => source !== null && linked.has(`${name}@${version}`))
}
