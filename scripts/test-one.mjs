// `npm run test:one -- [OPTION OF NODE]... FILE`: builds what is stale, then runs the tests of one file in a process of their
// own. `--inspect-brk` has them wait for a debugger.

import { existsSync } from 'node:fs'

import { buildStale, succeeds } from './stale.mjs'

const args = process.argv.slice(2)
const file = args.findLast((arg) => !arg.startsWith('-'))
if (!file || !existsSync(file)) {
  if (file) console.error(`there is no ${file}`)
  console.error('npm run test:one -- FILE, for example __test__/verify.test.mts')
  process.exit(1)
}

const passed = buildStale() && succeeds(process.execPath, '--import', 'tsx', '--test-reporter=spec', ...args)
process.exitCode = passed ? 0 : 1
