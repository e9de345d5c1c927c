// `npm run dev [-- FILE]`: builds what each change makes stale, and runs the tests of the file, if one is named.

import { buildStale, lastWritten, succeeds } from './stale.mjs'

const test = process.argv.slice(2)

/** How often it looks. Node's own watcher loses a file that an editor puts in the place of another (20, Linux). */
const LOOK_MS = 200

function run() {
  const start = performance.now()
  const built = buildStale()
  console.log(built ? `built in ${((performance.now() - start) / 1000).toFixed(1)} s` : 'not built')
  if (built && test.length > 0) succeeds(process.execPath, '--import', 'tsx', '--test-reporter=spec', ...test)
}

let seen = 0
function look() {
  const written = lastWritten()
  if (written > seen) {
    seen = written
    run()
  }
}

look()
setInterval(look, LOOK_MS)
