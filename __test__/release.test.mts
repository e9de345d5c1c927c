import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { manifest, platforms } from '../scripts/platforms.mjs'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const workflow = read('.github/workflows/release.yml')
const each = (pattern: RegExp) => [...new Set(Array.from(workflow.matchAll(pattern), ([, found]) => found))].sort()

describe('a release', () => {
  it('has one version', () => {
    assert.equal(/^\[workspace\.package\]\nversion = "(.+)"$/m.exec(read('Cargo.toml'))?.[1], manifest.version)
  })

  it('builds every target of package.json', () => {
    assert.deepEqual(each(/ target: ([\w-]+) \}/g), platforms.map(({ target }) => target).sort())
  })

  it('tests natively what its runners are, and names platforms as they are named here', () => {
    const tested = each(/ platform: ([\w-]+)/g)
    const systems = ['linux-x64', 'linux-arm64', 'darwin', 'win32']
    const expected = platforms.map(({ name }) => name).filter((name) => systems.some((one) => name.startsWith(one)))
    assert.deepEqual(tested, expected.sort())
  })
})
