// Installs the packages as npm would, in folders far from this clone, and talks to what runs there.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, sep } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { freePort } from '../__test__/port.mts'
import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from '../addon/index.js'
import { stage } from '../scripts/packages.mjs'
import { manifest } from '../scripts/platforms.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const toolFolder = join(root, 'e2e', 'node_modules')

const missing = existsSync(toolFolder) ? undefined : 'the tools are not installed: npm ci --prefix e2e'
if (missing && process.env.CI) throw new Error(missing)

/** A reason to skip on a developer's machine; CI must not pass because nothing ran. */
export const skip = missing ?? false

const binary =
  readdirSync(join(root, 'addon')).find((name) => name.endsWith('.node')) ?? assert.fail('npm run build first')
export const platform = binary.split('.').at(-2) ?? assert.fail()

/** The one binary in an installation, as npm lays it out. */
export const installedBinary = `node_modules/@local-first-identity/${platform}/${binary}`

/** Everything temporary lies in here. Bundlers name files by their real paths, and `/tmp` is a link on macOS. */
const workshop = mkdtempSync(join(realpathSync(tmpdir()), 'local-first-identity-'))
export const cleanUp = () => rmSync(workshop, { recursive: true })

export interface Command {
  cwd: string
  env?: Record<string, string>
}

const environment = (env: Record<string, string> = {}) => ({ ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env })

/** Runs a command to its end; what it printed stands in the error when it fails. */
export async function run(file: string, args: string[], { cwd, env }: Command): Promise<string> {
  return (await promisify(execFile)(file, args, { cwd, env: environment(env) })).stdout
}

/** Runs a tool of `e2e/package.json`, some of which are scripts and some binaries. */
export const runTool = (name: string, args: string[], command: Command) =>
  run(join(toolFolder, '.bin', name), args, command)

/**
 * Lays the packages out as for publishing, with the binary that `npm run build` left, and packs them, and what they depend
 * on as it is installed here: they are installed without a network.
 */
async function packTarballs(): Promise<string[]> {
  const [from, to] = ['binaries', 'packages'].map((name) => join(workshop, name)) as [string, string]
  mkdirSync(from)
  cpSync(join(root, 'addon', binary), join(from, binary))
  stage(pathToFileURL(`${from}/`), pathToFileURL(`${to}/`))
  const dependencies = Object.keys(manifest.dependencies).map((name) => join(root, 'node_modules', name))
  const folders = [...['local-first-identity', platform].map((name) => join(to, name)), ...dependencies]
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', workshop, ...folders]
  const packed = await run('npm', pack, { cwd: workshop })
  return JSON.parse(packed).map(({ filename }: { filename: string }) => join(workshop, filename))
}

/** A fresh folder outside the clone. */
export const newFolder = (name: string) => mkdtempSync(join(workshop, `${name}-`))

/**
 * Installs the packed packages, which no app changes, once. npm drops the optional dependencies that it cannot find, and
 * takes the packed one for the version that the main package asks for. Its cache is empty: with a part of what it knows of
 * the optional peers, it refuses.
 */
async function install(): Promise<string> {
  const cwd = newFolder('installed')
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true }))
  const cache = join(workshop, 'cache')
  const options = ['--offline', '--cache', cache, '--no-audit', '--no-fund']
  await run('npm', ['install', ...options, ...(await packTarballs())], { cwd })
  return cwd
}

let installed: Promise<string> | undefined

/** A fixture in a fresh folder, with the packed packages in its node_modules. */
export async function installApp(fixture: string): Promise<string> {
  installed ??= install()
  const folder = newFolder(fixture)
  for (const source of [await installed, join(root, 'e2e', 'apps', fixture)])
    cpSync(source, folder, { recursive: true })
  return folder
}

/** All files below a folder. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
    .toSorted()

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const secret = generateAuthSecret()

/** What every app answers: the proofs to send, and the status and body that must come back. */
export const exchanges = (audience = 'e2e-signup') =>
  [
    { proofToken: mintLocalFirstToken(secret, audience, 60), status: 200, body: { id: deriveUserId(secret) } },
    { proofToken: 42, status: 400, body: { code: 'malformed' } },
  ] as const

export interface Running {
  port: number
  stop(): Promise<void>
  /** All that it printed so far. */
  printed(): string
}

/** Starts a server on a port of its own, and waits until it listens. */
export async function startServer(file: string, args: string[], { cwd, env }: Command): Promise<Running> {
  const port = await freePort()
  const child = spawn(file, args, {
    cwd,
    env: environment({ ...env, PORT: String(port), HOSTNAME: '127.0.0.1' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
  const stop = async () => {
    child.kill()
    await exited
  }
  try {
    const deadline = Date.now() + 30_000
    while (!(await accepts(port))) {
      if (child.exitCode !== null) assert.fail(`${basename(file)} ended with ${child.exitCode}:\n${printed}`)
      if (Date.now() > deadline) assert.fail(`nothing listens on ${port}:\n${printed}`)
      await delay(20)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { port, stop, printed: () => printed }
}

/** Lets a server judge a good and a bad proof over HTTP. */
export async function assertJudges({ port, printed }: Running, path = '/'): Promise<void> {
  for (const { proofToken, status, body } of exchanges()) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ proofToken }),
    })
    assert.deepEqual([response.status, await response.json()], [status, body], printed())
  }
}

/** Starts a server, lets it judge a good and a bad proof, and stops it. */
export async function assertServes(file: string, args: string[], command: Command): Promise<void> {
  const server = await startServer(file, args, command)
  try {
    await assertJudges(server)
  } finally {
    await server.stop()
  }
}
