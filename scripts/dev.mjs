// `npm run dev [-- FILE]`: builds what each change makes stale, and runs the tests of the file, if one is named.

import { watch } from 'node:fs'
import { join } from 'node:path'

import { buildStale, cwd, RUST, succeeds } from './stale.mjs'

const test = process.argv.slice(2)
const folders = ['client', 'common', 'integrations', 'server', 'stores', 'testing', '__test__']

/** An editor writes a file in several steps. */
const PAUSE_MS = 50

function run() {
  const start = performance.now()
  const built = buildStale()
  const seconds = () => ((performance.now() - start) / 1000).toFixed(1)
  console.log(built ? `built in ${seconds()} s` : 'not built')
  if (built && test.length > 0) succeeds(process.execPath, '--import', 'tsx', '--test-reporter=spec', ...test)
}

let timer
const soon = () => {
  clearTimeout(timer)
  timer = setTimeout(run, PAUSE_MS)
}

run()
for (const path of [...RUST, ...folders]) watch(join(cwd, path), { recursive: true }, soon)
