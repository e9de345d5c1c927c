// The recorded vectors, run by the installed package in runtimes other than Node.

import assert from 'node:assert/strict'
import { copyFileSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'

import { cleanUp, installApp, root, run, runTool, skip } from './support.mts'

/** An app with the package, the vectors and the program that runs them. */
async function vectorsApp(): Promise<string> {
  const cwd = await installApp('runtime')
  copyFileSync(join(root, 'scripts', 'vectors.cjs'), join(cwd, 'vectors.cjs'))
  cpSync(join(root, 'vectors'), join(cwd, 'vectors'), { recursive: true })
  return cwd
}

describe('other runtimes', { skip }, () => {
  for (const [runtime, args] of [
    ['bun', ['run', 'main.mjs']],
    ['deno', ['run', '--no-prompt', '--allow-ffi=node_modules', '--allow-read=vectors', 'main.mjs']],
  ] as const) {
    it(`${runtime} passes as many vectors as Node`, async () => {
      const cwd = await vectorsApp()
      const inNode = await run(process.execPath, ['main.mjs'], { cwd })
      assert.match(inNode, /^[1-9]\d+\n$/)
      assert.equal(await runTool(runtime, [...args], { cwd }), inNode)
    })
  }

  it('deno, which has a localStorage, keeps no secret in it: all people of a server would have one', async () => {
    const cwd = await installApp('runtime')
    const program = `import { BrowserAuthSecretStore } from 'local-first-identity/client'
      const told = await new BrowserAuthSecretStore().getOrCreateSecret().catch(({ code }) => code)
      console.log(typeof localStorage, told, localStorage.length)`
    writeFileSync(join(cwd, 'secret.mjs'), program)
    assert.equal(await runTool('deno', ['run', '--no-prompt', 'secret.mjs'], { cwd }), 'object unavailable 0\n')
  })
})

after(cleanUp)
