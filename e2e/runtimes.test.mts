// The recorded tokens, read and minted again by the addon in runtimes other than Node.

import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'

import { cleanUp, installApp, root, runTool, skip } from './support.mts'

const vectors = join(root, 'tests', 'vectors', 'tokens.json')
const recorded = JSON.parse(readFileSync(vectors, 'utf8')).map(({ userId, token }: Record<string, string>) => ({
  userId,
  token,
}))

describe('other runtimes', { skip }, () => {
  for (const [runtime, args] of [
    ['bun', ['run', 'vectors.mjs']],
    ['deno', ['run', '--no-prompt', '--allow-ffi=node_modules', '--allow-read=tokens.json', 'vectors.mjs']],
  ] as const) {
    it(`${runtime} runs the addon`, async () => {
      const cwd = await installApp('runtime')
      copyFileSync(vectors, join(cwd, 'tokens.json'))
      const printed = await runTool(runtime, [...args], { cwd })
      assert.deepEqual(JSON.parse(printed), { facts: recorded, refused: 'malformed' })
    })
  }
})

after(cleanUp)
