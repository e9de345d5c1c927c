// `npm run build`: the binary for this machine, index.d.ts and index.js.

import { readFileSync, writeFileSync } from 'node:fs'

import { NapiCli } from '@napi-rs/cli'

import { loader } from './loader.mjs'

const { task } = await new NapiCli().build({
  platform: true,
  release: true,
  outputDir: '.',
  noJsBinding: true,
})
await task

const declared = readFileSync('index.d.ts', 'utf8').matchAll(/^export declare (?:function|class) (\w+)/gm)
const exported = Array.from(declared, ([, name]) => name)
writeFileSync('index.js', loader(exported))
