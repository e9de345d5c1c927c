// `npm run build`: in addon/, the binary for this machine, index.d.ts and index.js. With --debug, a binary that is built in
// seconds, as slow as it is: without optimisation, with symbols and with Rust's own report of a panic.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

import { NapiCli } from '@napi-rs/cli'

import { loader } from './loader.mjs'

/** The folders in which @napi-rs/cli keeps the types of each kind of build. */
const typeFolders = () => (existsSync('target/napi-rs') ? readdirSync('target/napi-rs').length : 0)

async function build() {
  const { task } = await new NapiCli().build({
    package: 'local-first-identity-node',
    platform: true,
    release: !process.argv.includes('--debug'),
    outputDir: 'addon',
    noJsBinding: true,
  })
  await task
}

const known = typeFolders()
await build()
// The first build of a kind has a variable in its environment that the next has not, and so Cargo would build once more then:
// better now than when the demo has just run.
if (typeFolders() > known) await build()

const declared = readFileSync('addon/index.d.ts', 'utf8').matchAll(/^export declare function (\w+)/gm)
const exported = Array.from(declared, ([, name]) => name)
writeFileSync('addon/index.js', loader(exported))
