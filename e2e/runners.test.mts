// docs/testing.md, "Jest and Vitest": what each of them loads of the installed package.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'

import { cleanUp, installApp, runTool, skip } from './support.mts'

/** The tests of a report that Jest and Vitest write alike. */
interface Report {
  testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[]
}

const resultsOf = (printed: string) =>
  (JSON.parse(printed) as Report).testResults.flatMap(({ assertionResults }) => assertionResults)

const outcome = (printed: string) =>
  resultsOf(printed)
    .map(({ title, status }) => `${title}: ${status}`)
    .toSorted()

const MODULES = ['client', 'express', 'fastify', 'fetch', 'stores', 'testing']
const imported = ['a helper', 'a mistake', 'a proof', ...MODULES.map((name) => `local-first-identity/${name}`)].map(
  (title) => `import: ${title}: passed`,
)

/** Whether this Node lets Jest `require` an ES module. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const requires = major > 24 || (major === 24 && minor >= 9)

describe('test runners', { skip }, () => {
  it('Jest imports everything, and requires the helpers from Node 24.9 on', async () => {
    const cwd = await installApp('runners')
    const env = { NODE_OPTIONS: '--experimental-vm-modules' }
    const printed = await runTool('jest', ['--ci', '--json'], { cwd, env }).catch(({ stdout }) => stdout)
    assert.deepEqual(
      outcome(printed),
      [
        'await import(): a proof: passed',
        ...imported,
        `require: a helper: ${requires ? 'passed' : 'failed'}`,
      ].toSorted(),
    )
    const told = resultsOf(printed).flatMap(({ failureMessages }) => failureMessages)
    if (!requires) assert.match(told.join(), /^Error: Must use import to load ES Module/)
  })

  for (const pool of ['threads', 'forks', 'vmThreads']) {
    it(`Vitest imports everything, with the pool ${pool}`, async () => {
      const cwd = await installApp('runners')
      assert.deepEqual(
        outcome(await runTool('vitest', ['run', `--pool=${pool}`, '--reporter=json'], { cwd })),
        imported.toSorted(),
      )
    })
  }
})

after(cleanUp)
