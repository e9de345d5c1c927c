// The code of the documents is strict TypeScript.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
)
/** Those whose code runs in a browser. */
const IN_BROWSERS = new Set(['docs/client.md'])

/** What the code of a document takes for granted. */
const AMBIENT = `
declare const db: { getLocalFirstIdentityProof(options: { ttlSeconds: number; audience: string }): Promise<string | null> }
declare const email: string
declare const password: string
declare const proofToken: unknown
`

interface Block {
  name: string
  language: string
  code: string
}

const blocksOf = (path: string): Block[] =>
  Array.from(
    readFileSync(join(root, path), 'utf8').matchAll(/^```(tsx?)\n(.*?)^```$/gms),
    ([, language, code], index) => ({
      name: `${path.replace(/\W/g, '-')}-${index + 1}`,
      language: language ?? '',
      code: code ?? '',
    }),
  )

/** Solid's elements are not React's. */
const withPragma = ({ code }: Block) =>
  code.includes('client/solid') ? `/** @jsxImportSource solid-js */\n${code}` : code

const OPTIONS = {
  target: 'es2023',
  module: 'preserve',
  moduleResolution: 'bundler',
  jsx: 'react-jsx',
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Writes the blocks of documents as the files of one project, and gives what the compiler says of them. */
async function complaints(folder: string, paths: string[], options: object, ambient: string): Promise<string> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'ambient.d.ts'), ambient)
  for (const block of paths.flatMap(blocksOf)) {
    // Another block imports it by this name.
    const name = block.code.includes('export const auth = createLocalFirstAuth') ? 'auth' : block.name
    writeFileSync(join(folder, `${name}.${block.language}`), `${withPragma(block)}\nexport {}\n`)
  }
  const compilerOptions = { ...OPTIONS, ...options }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const failed = await promisify(execFile)(process.execPath, [tsc, '-p', folder], { cwd: root }).then(
    () => '',
    ({ stdout }) => String(stdout),
  )
  return failed
}

describe('the code of the documents', () => {
  // Inside of the package, which resolves its own name.
  const folder = mkdtempSync(join(root, '__test__', '.docs-'))
  before(() => assert.ok(documents.flatMap(blocksOf).length > 10))
  after(() => rmSync(folder, { recursive: true }))

  it('is strict TypeScript, on a server', async () => {
    const paths = documents.filter((path) => !IN_BROWSERS.has(path))
    const options = { lib: ['es2023'], types: ['node'] }
    assert.equal(await complaints(join(folder, 'server'), paths, options, `${AMBIENT}declare const name: string\n`), '')
  })

  it('is strict TypeScript, in a browser', async () => {
    const options = { lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] }
    assert.equal(await complaints(join(folder, 'browser'), [...IN_BROWSERS], options, AMBIENT), '')
  })

  it('is TypeScript, except for what a framework or a tool wants otherwise', () => {
    const others = documents.flatMap((path) =>
      Array.from(readFileSync(join(root, path), 'utf8').matchAll(/^```(jsx?)$/gm), () => path),
    )
    // Next.js's own files, as the app has them that e2e runs, and settings of bundlers.
    assert.deepEqual([...new Set(others)].toSorted(), ['docs/better-auth.md', 'docs/deployment.md', 'docs/fetch.md'])
  })
})
