// `node scripts/rust-layers.mjs`: fails if a module of crates/identity imports one above it, or in a circle, or asks for
// what a core must not have: a clock, randomness, files, the network, Node.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { root } from './platforms.mjs'

/** The modules of the crate, the lowest first. Those of one line do not know each other. */
const LAYERS = [['fault'], ['base64url'], ['jws', 'ed25519'], ['audience'], ['identity'], ['proof']]

/** What a core must not ask for, by the heads of paths. */
const FOREIGN = /^(?:std::(?:time|fs|net|env|process|io|thread)|getrandom|rand|napi)(?:::|$)/

/** The path of a module by its file: `jws/header.rs` is `jws::header`, `jws/mod.rs` is `jws`. */
const moduleOf = (file) =>
  file
    .replace(/\.rs$/, '')
    .replace(/\/mod$/, '')
    .replaceAll('/', '::')

/** Code alone: no comments, and no tests, which may import what they like. */
const codeOf = (text) => text.replace(/\/\/.*$/gm, '').replace(/#\[cfg\(test\)\]\s*mod tests \{[\s\S]*$/, '')

/** The parts of a list that no braces enclose. */
function partsOf(list) {
  const parts = ['']
  let depth = 0
  for (const character of list) {
    depth += { '{': 1, '}': -1 }[character] ?? 0
    if (character === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim()).filter(Boolean)
}

/** The paths of a tree: `a::{b, c::{d}}` has `a::b` and `a::c::d`. */
function leavesOf(tree) {
  const [, head, list] = /^([^{]*)(?:\{([\s\S]*)\})?$/.exec(tree) ?? []
  if (list === undefined)
    return [
      head
        .replace(/ as [\s\S]*$/, '')
        .replace(/::self$/, '')
        .trim(),
    ]
  return partsOf(list).flatMap((part) => leavesOf(head + part))
}

/** Every path that is named: those of `use`, and those that stand in the code. */
function* pathsIn(code) {
  const uses = /\buse\s+([^;]+);/g
  for (const [, tree] of code.matchAll(uses)) yield* leavesOf(tree.replace(/\s+/g, ' '))
  yield* Array.from(code.replace(uses, '').matchAll(/\b\w+(?:::\w+)+/g), ([path]) => path)
}

/** What a module re-exports from the modules below it, by name. */
function exportsOf(code) {
  const found = new Map()
  for (const [, child, one, group] of code.matchAll(/^pub(?:\(crate\))? use (\w+)::(?:(\w+)|\{([^}]*)\});/gm)) {
    for (const name of group?.split(',').map((name) => name.trim()) ?? [one]) found.set(name, child)
  }
  return found
}

/** The module whose item a path names; `undefined` for a path of another crate. */
function resolve(from, path, modules) {
  const [first, ...rest] = path.split('::')
  const own = from.split('::')
  let target = { crate: [], self: own, super: own.slice(0, -1) }[first]
  if (!target) return undefined
  for (const name of rest) {
    if (name === 'super') {
      target = target.slice(0, -1)
      continue
    }
    const child = exportsOf(modules.get(target.join('::')) ?? '').get(name) ?? name
    if (!modules.has([...target, child].join('::'))) break
    target = [...target, child]
  }
  return target.join('::')
}

/** What each module imports. */
function graphOf(modules) {
  const edges = new Map()
  for (const [from, code] of modules) {
    const named = Array.from(pathsIn(code), (path) => resolve(from, path, modules))
    const targets = new Set(named.filter((target) => target !== undefined))
    // A module knows what it is made of.
    for (const child of exportsOf(code).values()) targets.add([from, child].filter(Boolean).join('::'))
    targets.delete(from)
    edges.set(from, targets)
  }
  return edges
}

function circleFrom(start, edges) {
  const seen = new Set()
  const follow = (module, way) => {
    for (const next of edges.get(module) ?? []) {
      if (next === start) return [...way, next]
      if (seen.has(next)) continue
      seen.add(next)
      const circle = follow(next, [...way, next])
      if (circle) return circle
    }
    return undefined
  }
  return follow(start, [start])
}

const layerOf = (module) => LAYERS.findIndex((layer) => layer.includes(module.split('::')[0]))

/**
 * What is wrong with the imports of a crate.
 *
 * @param {Map<string, string>} files - the text of each file, by its path from `src/`; not `lib.rs`, which names them all
 * @returns {string[]} a line for each fault
 */
export function faultsOf(files) {
  const modules = new Map(Array.from(files, ([file, text]) => [moduleOf(file), codeOf(text)]))
  const edges = graphOf(modules)
  const faults = []
  for (const [from, code] of modules) {
    if (layerOf(from) === -1) faults.push(`${from} has no place in LAYERS`)
    const foreign = [...pathsIn(code)].find((path) => FOREIGN.test(path))
    if (foreign) faults.push(`${from} uses ${foreign}, which no core may`)
    for (const to of edges.get(from)) {
      const isApart = from.split('::')[0] !== to.split('::')[0]
      if (isApart && (to === '' || layerOf(to) >= layerOf(from)))
        faults.push(`${from} imports ${to || 'the crate’s root'}, which is not below it`)
    }
    const circle = circleFrom(from, edges)
    if (circle) faults.push(`a circle: ${circle.join(' → ')}`)
  }
  return faults
}

/** The files of the crate, for {@link faultsOf}. */
export function crateFiles() {
  const src = fileURLToPath(new URL('crates/identity/src/', root))
  const files = readdirSync(src, { encoding: 'utf8', recursive: true }).filter(
    (file) => file.endsWith('.rs') && file !== 'lib.rs',
  )
  return new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = faultsOf(crateFiles())
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length > 0 ? 1 : 0
}
