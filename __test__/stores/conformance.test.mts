// Every engine, and the table of what it was seen to do.

import { after } from 'node:test'

import { conform, properties } from './conformance.mts'
import { engines } from './engines.mts'

const seen = new Map<string, Map<string, string>>()
for (const engine of engines) {
  const column = new Map<string, string>()
  seen.set(engine.name, column)
  conform(engine, (property, verdict) => column.set(property, verdict))
}

after(() => {
  const names = engines.map(({ name }) => name)
  console.log(`| | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}`)
  for (const property of Object.keys(properties)) {
    console.log(`| ${property} | ${names.map((name) => seen.get(name)?.get(property) ?? 'skipped').join(' | ')} |`)
  }
})
