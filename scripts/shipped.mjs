// The faults that binaries of every format can have.

import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'

import { root } from './platforms.mjs'

const MAX_BYTES = 700_000

/** Why a binary may not ship, whatever its platform: nothing if it may. */
export function* commonFaults(file) {
  const { size } = statSync(file)
  if (size > MAX_BYTES) yield `${size} bytes, more than ${MAX_BYTES}`
  const text = readFileSync(file, 'latin1')
  const { CARGO_HOME, RUSTUP_HOME } = process.env
  const known = [homedir(), fileURLToPath(root), CARGO_HOME, RUSTUP_HOME]
  const folders = known.filter((folder) => folder?.length > 1 && text.includes(folder))
  if (folders.length > 0) yield 'it names a folder of the machine that built it'
  // crates/identity/src/fault.rs
  if (text.includes('fault-injection:')) yield 'it panics for the asking: it was built with the feature fault-injection'
}
