// Small apps, each built by a tool with the settings of docs/deployment.md, started elsewhere, and asked over HTTP.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'

import {
  assertJudges,
  assertServes,
  cleanUp,
  exchanges,
  filesIn,
  installApp,
  installedBinary,
  newFolder,
  platform,
  run,
  runTool,
  skip,
  startServer,
  toolFolder,
} from './support.mts'

const node = process.execPath

/** Takes what a tool has built away from the node_modules beside it, which must not be needed any more. */
function carryAway(built: string): string {
  const folder = join(newFolder('elsewhere'), 'app')
  renameSync(built, folder)
  return folder
}

const bundleIn = async (cwd: string, ...args: string[]) => {
  await runTool('esbuild', ['--bundle', '--platform=node', '--log-level=warning', ...args], { cwd })
}

describe('esbuild', { skip }, () => {
  const requireBanner =
    "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"
  const inside = {
    cjs: ['--format=cjs', '--loader:.node=copy', '--outfile=out/server.cjs'],
    mjs: ['--format=esm', '--loader:.node=copy', '--outfile=out/server.mjs', requireBanner],
  }

  for (const [format, extension] of [
    ['cjs', 'cjs'],
    ['esm', 'mjs'],
  ] as const) {
    it(`leaves the package outside of a bundle of format ${format}`, async () => {
      const cwd = await installApp('server')
      const outfile = `server.bundle.${extension}`
      await bundleIn(cwd, 'server.mjs', `--format=${format}`, '--external:local-first-identity', `--outfile=${outfile}`)
      await assertServes(node, [outfile], { cwd })
    })

    it(`puts the addon beside a bundle of format ${format}`, async () => {
      const cwd = await installApp('server')
      await bundleIn(cwd, 'server.mjs', ...inside[extension])
      const folder = carryAway(join(cwd, 'out'))
      assert.equal(filesIn(folder).filter((name) => name.endsWith('.node')).length, 1)
      await assertServes(node, [`server.${extension}`], { cwd: folder })
    })

    it(`keeps the loader’s message in a bundle of format ${format} that lost its addon`, async () => {
      const cwd = await installApp('server')
      await bundleIn(cwd, 'server.mjs', ...inside[extension])
      const folder = carryAway(join(cwd, 'out'))
      for (const name of readdirSync(folder)) if (name.endsWith('.node')) rmSync(join(folder, name))
      await assert.rejects(run(node, [`server.${extension}`], { cwd: folder }), /found no binary that loads on /)
    })
  }
})

describe('AWS Lambda, as its folders are laid out', { skip }, () => {
  const invoke = async (cwd: string, file: string, env: Record<string, string> = {}) => {
    for (const { proofToken, status, body } of exchanges()) {
      const event = JSON.stringify({ body: JSON.stringify({ proofToken }) })
      const code = `import('./${file}').then(({ handler }) => handler(${event})).then(JSON.stringify).then(console.log)`
      const answer = JSON.parse(await run(node, ['--eval', code], { cwd, env }))
      assert.deepEqual([answer.statusCode, JSON.parse(answer.body)], [status, body])
    }
  }

  it('finds the package in the node_modules of a zip', async () => {
    const cwd = await installApp('lambda')
    await bundleIn(cwd, 'handler.mjs', '--format=esm', '--external:local-first-identity', '--outfile=zip/index.mjs')
    renameSync(join(cwd, 'node_modules'), join(cwd, 'zip', 'node_modules'))
    await invoke(carryAway(join(cwd, 'zip')), 'index.mjs')
  })

  it('finds the package in a layer, by require', async () => {
    const cwd = await installApp('lambda')
    await bundleIn(cwd, 'handler.mjs', '--format=cjs', '--external:local-first-identity', '--outfile=zip/index.cjs')
    const layer = carryAway(join(cwd, 'node_modules'))
    await invoke(carryAway(join(cwd, 'zip')), 'index.cjs', { NODE_PATH: layer })
  })
})

describe('Vite SSR', { skip }, () => {
  for (const [title, config] of [
    ['leaves the package outside by itself', 'vite.defaults.mjs'],
    ['leaves the addon outside with `noExternal: true` when told to', 'vite.config.mjs'],
  ] as const) {
    it(`${title}, and renders the hook with the one React`, async () => {
      const cwd = await installApp('vite')
      for (const name of ['react', 'react-dom', 'scheduler'])
        cpSync(join(toolFolder, name), join(cwd, 'node_modules', name), { recursive: true })
      await runTool('vite', ['build', '--config', config, '--logLevel=error'], { cwd })
      const server = await startServer(node, ['dist/server.mjs'], { cwd })
      try {
        await assertJudges(server)
        const response = await fetch(`http://127.0.0.1:${server.port}`)
        assert.deepEqual([response.status, await response.text()], [200, '<p>loading</p>'], server.printed())
      } finally {
        await server.stop()
      }
    })
  }
})

describe('ncc', { skip }, () => {
  it('puts the addon beside the bundle, once', async () => {
    const cwd = await installApp('server')
    await runTool('ncc', ['build', 'server.mjs', '--out', 'out', '--no-cache'], { cwd })
    const folder = carryAway(join(cwd, 'out'))
    assert.deepEqual(filesIn(folder), ['index.mjs', `local-first-identity.${platform}.node`])
    await assertServes(node, ['index.mjs'], { cwd: folder })
  })
})

describe('@vercel/nft', { skip }, () => {
  it('finds the files that a server needs, and no others', async () => {
    const cwd = await installApp('server')
    const { nodeFileTrace } = createRequire(join(toolFolder, 'x'))('@vercel/nft')
    const { fileList }: { fileList: Set<string> } = await nodeFileTrace([join(cwd, 'server.mjs')], { base: cwd })
    assert.deepEqual(
      [...fileList].toSorted(),
      [
        installedBinary,
        join(dirname(installedBinary), 'package.json'),
        'node_modules/local-first-identity/addon/index.js',
        'node_modules/local-first-identity/package.json',
        'server.mjs',
      ].toSorted(),
    )
    const folder = newFolder('elsewhere')
    for (const name of fileList) cpSync(join(cwd, name), join(folder, name))
    await assertServes(node, ['server.mjs'], { cwd: folder })
  })
})

after(cleanUp)
