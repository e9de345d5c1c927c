import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'inner-loop-'))
after(() => rmSync(folder, { recursive: true }))

/** Runs the script of `npm run test:one` on a file with this test. */
function testOne(body: string) {
  const file = join(folder, 'one.test.mts')
  writeFileSync(
    file,
    `import assert from 'node:assert'\nimport { test } from 'node:test'\ntest('one', () => ${body})\n`,
  )
  // A test that is run by another would report to that one alone.
  const { NODE_TEST_CONTEXT, ...env } = process.env
  return spawnSync(process.execPath, ['scripts/test-one.mjs', file], { cwd: root, encoding: 'utf8', env })
}

describe('npm run test:one', () => {
  it('runs a file', () => {
    const { status, stdout } = testOne('assert.ok(true)')
    assert.match(stdout, /^ℹ pass 1$/m)
    assert.equal(status, 0)
  })

  it('fails where a test fails', () => {
    const { status, stdout } = testOne('assert.ok(false)')
    assert.match(stdout, /^ℹ fail 1$/m)
    assert.equal(status, 1)
  })

  it('says what it wants where it is given nothing', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/test-one.mjs'], { cwd: root, encoding: 'utf8' })
    assert.match(stderr, /^npm run test:one -- FILE/)
    assert.equal(status, 1)
  })
})
