import { readFileSync } from 'node:fs'

import * as addon from 'local-first-identity'

import vectors from './vectors.cjs'

const read = (name) => JSON.parse(readFileSync(`vectors/${name}.json`, 'utf8'))
console.log(
  vectors.run(addon, { identities: read('identities'), audiences: read('audiences'), tokens: read('tokens') }),
)
