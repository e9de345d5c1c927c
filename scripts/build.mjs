// `npm run build`: the binary for this machine, index.d.ts and index.js. With --debug, a binary that is built in seconds, as
// slow as it is: without optimisation, with symbols and with Rust's own report of a panic.

import { readFileSync, writeFileSync } from 'node:fs'

import { NapiCli } from '@napi-rs/cli'

import { loader } from './loader.mjs'

const { task } = await new NapiCli().build({
  package: 'local-first-identity-node',
  platform: true,
  release: !process.argv.includes('--debug'),
  outputDir: '.',
  noJsBinding: true,
})
await task

const declared = readFileSync('index.d.ts', 'utf8').matchAll(/^export declare function (\w+)/gm)
const exported = Array.from(declared, ([, name]) => name)
writeFileSync('index.js', loader(exported))
