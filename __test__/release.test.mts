import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { manifest, platforms, root } from '../scripts/platforms.mjs'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const workflow = read('.github/workflows/release.yml')
const workflows = [workflow, read('.github/workflows/ci.yml')]
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

/** The jobs of a workflow, by name. */
function jobsOf(text: string): Map<string, string> {
  const [, jobs = assert.fail('a workflow has jobs')] = text.split(/^jobs:\n/m)
  const parts = jobs.split(/^ {2}([\w-]+):\n/m).slice(1)
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : [])))
}

/** What a workflow or a job may do, `none` if it may do nothing; `undefined` if it does not say. */
function permissionsOf(text: string, indent = ''): string[] | undefined {
  const [, inline, block] =
    text.match(new RegExp(`^${indent}permissions:(?: ([^\\n]+)\\n|\\n((?:${indent}  .+\\n)+))`, 'm')) ?? []
  return inline === '{}' ? ['none'] : block?.trim().split(/\n */)
}

describe('the workflows', () => {
  it('name each action by a commit, the same everywhere, with its version beside it', () => {
    const pins = new Map<string, string>()
    for (const line of workflows.flatMap((text) => text.split('\n')).filter((line) => line.includes('uses:'))) {
      const [, action = assert.fail(line), pin = ''] =
        line.match(/^ +(?:- )?uses: ([\w-]+\/[\w-]+)@([\da-f]{40} # v\d+\.\d+\.\d+)$/) ?? []
      assert.equal(pins.get(action) ?? pin, pin, action)
      pins.set(action, pin)
    }
    assert.ok(pins.size > 0)
  })

  it('check the repository out without leaving its token there', () => {
    for (const text of workflows) {
      const checkouts = text.split('uses: actions/checkout@').slice(1)
      assert.ok(checkouts.length > 0)
      for (const step of checkouts) assert.match(step, /^.+\n {8}with:\n {10}persist-credentials: false\n/)
    }
  })

  it('may do no more than read, unless a job says so, and each of a release says', () => {
    assert.deepEqual(
      workflows.map((text) => permissionsOf(text)),
      [['none'], ['contents: read']],
    )
    const jobs = jobsOf(workflow)
    for (const [name, job] of jobs) assert.ok(permissionsOf(job, '    '), name)
    const more = [...jobs].filter(([, job]) => permissionsOf(job, '    ')?.some((one) => one.endsWith(': write')))
    assert.deepEqual(Object.fromEntries(more.map(([name, job]) => [name, permissionsOf(job, '    ')])), {
      publish: ['contents: read', 'id-token: write'],
      attest: ['contents: read', 'id-token: write', 'attestations: write'],
    })
    assert.doesNotMatch(workflows[1] ?? '', /: write/)
  })

  it('install nothing beside a token', () => {
    for (const name of ['publish', 'attest'])
      assert.doesNotMatch(jobsOf(workflow).get(name) ?? '', /npm (ci|i|install)\b/)
  })

  it('publish and attest what was packed, and no other artifact of that name', () => {
    for (const name of ['publish', 'attest']) {
      assert.match(jobsOf(workflow).get(name) ?? '', /artifact-ids: \$\{\{ needs\.pack\.outputs\.packages \}\}/, name)
    }
    const [put = '', rest = ''] = (jobsOf(workflow).get('pack') ?? '').split('id: packages')
    assert.ok(put.includes('stage.mjs') && !put.includes('prefix e2e') && rest.includes('prefix e2e'))
  })

  it('run no scripts of what is installed before it is packed', () => {
    const installs = Array.from(workflow.matchAll(/npm ci.*/g), ([command]) => command)
    assert.deepEqual([...new Set(installs)], ['npm ci --ignore-scripts', 'npm ci --prefix e2e'])
  })

  it('let only the environment that npm trusts publish, with provenance', () => {
    const publishing = [...jobsOf(workflow)].filter(([, job]) => /publish\.mjs\n/.test(job))
    assert.deepEqual(
      publishing.map(([name, job]) => [name, job.includes('\n    environment: npm\n')]),
      [['publish', true]],
    )
    assert.match(read('scripts/publish.mjs'), /dryRun \? \['--dry-run'\] : \['--provenance'\]/)
  })

  it('ask Cargo and npm for what the lockfiles have', () => {
    for (const text of workflows) {
      for (const [command] of text.matchAll(/cargo (?:\+\S+ )?(?:build|check|test|install) .*/g))
        assert.match(command, / --locked/)
      assert.doesNotMatch(text, /npm install/)
    }
  })
})

describe('the crates', () => {
  const lockedIn = (path: string) =>
    new Set(
      Array.from(
        read(path).matchAll(/^name = "(.+)"\nversion = "(.+)"$/gm),
        ([, name, version]) => `${name} ${version}`,
      ),
    )

  it('are held to what deny.toml says, in both workspaces', () => {
    const checks = Array.from(read('.github/workflows/ci.yml').matchAll(/cargo deny .*/g), ([command]) => command)
    assert.deepEqual(checks, ['cargo deny --workspace check', 'cargo deny --manifest-path fuzz/Cargo.toml check'])
    for (const section of ['licenses', 'sources', 'bans'])
      assert.match(read('deny.toml'), new RegExp(`^\\[${section}\\]$`, 'm'))
  })

  it('are the same under the fuzzers as in what ships', () => {
    const shipped = lockedIn('Cargo.lock')
    const names = new Set([...shipped].map((crate) => crate.split(' ')[0]))
    const fuzzed = [...lockedIn('fuzz/Cargo.lock')].filter((crate) => names.has(crate.split(' ')[0] ?? ''))
    assert.ok(fuzzed.length > 30)
    for (const crate of fuzzed) assert.ok(shipped.has(crate), crate)
  })
})

describe('the packages of Python', () => {
  const scripts = [workflow, read('scripts/cross-tools.sh')]

  it('are asked for by hash', () => {
    const installs = scripts.flatMap((text) =>
      Array.from(text.matchAll(/\bpip"? install (.*)/g), ([, args = '']) => args),
    )
    assert.equal(installs.length, 2)
    for (const args of installs) {
      assert.match(args, /--require-hashes/)
      for (const [, list = ''] of args.matchAll(/-r (\S+)/g)) {
        for (const one of read(list).matchAll(/^\w.*/gm)) assert.match(one[0], /^[\w-]+==[\d.]+ \\$/)
      }
    }
  })
})

describe('the packages of npm', () => {
  const listed = execFileSync('git', ['ls-files', '*package.json'], { cwd: fileURLToPath(root), encoding: 'utf8' })
  const all = listed
    .trim()
    .split('\n')
    .map((path) => ({ path, ...JSON.parse(read(path)) }))
  // Only the main package is published: an app takes the security fixes of what it depends on.
  const exact = ({ path, dependencies, devDependencies }: (typeof all)[number]): Record<string, string> =>
    path === 'package.json' ? devDependencies : { ...dependencies, ...devDependencies }

  it('are asked for at the exact version', () => {
    for (const one of all) {
      for (const [name, version] of Object.entries(exact(one))) {
        assert.match(version, /^(npm:[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/, `${one.path}: ${name}`)
      }
    }
    assert.match(read('.npmrc'), /^save-exact=true$/m)
  })

  it('have a lockfile, which says nothing of the registry', () => {
    // `npm ci` wants every platform's package in the lockfile, and not every registry has them all.
    const without = ['benches/peers/package.json']
    for (const { path } of all.filter((one) => Object.keys(exact(one)).length > 0 && !without.includes(one.path))) {
      const lockfile = path.replace('package.json', 'package-lock.json')
      assert.ok(existsSync(new URL(lockfile, root)), lockfile)
      assert.doesNotMatch(read(lockfile), /"resolved"/, lockfile)
    }
  })
})
