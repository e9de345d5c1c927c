// Imports that go upwards or in a circle are refused, those that go down are not: what `biome.json` says of the layers.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { crateFiles, faultsOf } from '../scripts/rust-layers.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Has Biome look at files in a folder of their own, and gives the rules that each of them breaks. */
function lint(files: Record<string, string>): Map<string, Set<string>> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'))
  try {
    cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const biome = join(root, 'node_modules', '.bin', 'biome')
    const args = ['ci', '--colors=off', '--max-diagnostics=none']
    const { stderr } = spawnSync(biome, args, { cwd: folder, encoding: 'utf8' })
    const broken = new Map<string, Set<string>>()
    for (const [, path = '', rule = ''] of stderr.matchAll(/^(\S+\.mts):\d+:\d+ lint\/\w+\/(\w+)/gm)) {
      broken.set(path, (broken.get(path) ?? new Set()).add(rule))
    }
    return broken
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const planted = (imports: readonly (readonly [string, string])[]) =>
  Object.fromEntries(imports.map(([path, specifier]) => [path, `import '${specifier}'\n`]))

const UPWARDS = [
  ['common/stores.mts', '../stores/store.mts'],
  ['common/addon.mts', 'local-first-identity'],
  ['common/node.mts', 'node:fs'],
  ['stores/server.mts', '../server/token.mts'],
  ['stores/client.mts', '../client/index.mts'],
  ['stores/dotted.mts', './../server/token.mts'],
  ['stores/deep/integrations.mts', '../../integrations/fetch.mts'],
  ['stores/package.mts', 'local-first-identity/fetch'],
  ['client/identity/react.mts', '../react/index.mts'],
  ['jazz/client.mts', '../client/identity/secret.mts'],
  ['jazz/addon.mts', 'local-first-identity'],
  ['jazz/builtin.mts', 'node:crypto'],
  ['server/integrations.mts', '../integrations/express.mts'],
  ['server/client.mts', '../client/index.mts'],
  ['client/identity/server.mts', '../../server/token.mts'],
  ['client/identity/node.mts', '../node/index.mts'],
  ['client/identity/addon.mts', 'local-first-identity'],
  ['client/identity/builtin.mts', 'node:fs'],
  ['integrations/device.mts', '../client/index.mts'],
  ['integrations/better-auth/client.mts', '../../server/token.mts'],
  ['testing/server.mts', '../server/token.mts'],
  ['testing/stores.mts', '../stores/store.mts'],
  ['testing/helpers.mts', 'local-first-identity/express'],
  ['testing/runner.mts', 'node:test'],
  ['stores/testing.mts', '../testing/index.mts'],
  ['stores/published-testing.mts', 'local-first-identity/testing'],
  ['server/testing.mts', '../testing/index.mts'],
  ['server/published-testing.mts', 'local-first-identity/testing'],
  ['client/identity/testing.mts', '../../testing/index.mts'],
  ['client/node/testing.mts', '../../testing/index.mts'],
  ['integrations/testing.mts', '../testing/index.mts'],
  ['integrations/better-auth/published-testing.mts', 'local-first-identity/testing'],
] as const

const DOWNWARDS = [
  ['stores/common.mts', '../common/options.mts'],
  ['server/stores.mts', '../stores/one-time-proof.mts'],
  ['server/addon.mts', 'local-first-identity'],
  ['client/identity/common.mts', '../../common/options.mts'],
  ['client/node/builtin.mts', 'node:fs'],
  ['jazz/common.mts', '../common/options.mts'],
  ['client/identity/jazz.mts', '../../jazz/registry.mts'],
  ['server/jazz.mts', '../jazz/registry.mts'],
  ['integrations/better-auth/server.mts', '../../server/token.mts'],
  ['integrations/better-auth/routes.mts', '../../common/proof-header.mts'],
  ['client/node/secret.mts', '../identity/secret.mts'],
  ['testing/common.mts', '../common/options.mts'],
  ['testing/addon.mts', 'local-first-identity'],
  ['testing/builtin.mts', 'node:crypto'],
] as const

test('an import that goes upwards is refused', () => {
  const broken = lint(planted(UPWARDS))
  for (const [path] of UPWARDS) assert.deepEqual([path, [...(broken.get(path) ?? [])]], [path, ['noRestrictedImports']])
})

test('an import that goes down is not', () => {
  assert.deepEqual([...lint(planted(DOWNWARDS))], [])
})

test('a circle is refused, though one of its imports is of types alone', () => {
  const broken = lint({
    'server/one.mts': `import type { two } from './two.mts'\nexport const one: typeof two = 1\n`,
    'server/two.mts': `export { one } from './one.mts'\nexport const two = 1\n`,
  })
  assert.deepEqual(broken.get('server/one.mts'), new Set(['noImportCycles']))
})

describe('the modules of crates/identity', () => {
  /** What is wrong once a line stands at the head of one of the files. */
  function faultsWith(file: string, line: string): string[] {
    const files = crateFiles()
    return faultsOf(files.set(file, `${line}\n${files.get(file) ?? ''}`))
  }

  it('have no fault', () => assert.deepEqual(faultsOf(crateFiles()), []))

  for (const [file, line, fault] of [
    ['jws/header.rs', 'use crate::proof::ProofError;', 'jws::header imports proof::error, which is not below it'],
    ['jws/header.rs', 'use crate::ed25519::PublicKey;', 'jws::header imports ed25519, which is not below it'],
    ['base64url.rs', 'use crate::Audience;', 'base64url imports the crate’s root, which is not below it'],
    ['jws/error.rs', 'use super::{Header, Unverified};', 'a circle: jws::error → jws::header → jws::error'],
    [
      'proof/issuer.rs',
      'use super::verify;',
      'a circle: proof::issuer → proof::verify → proof::claims → proof::issuer',
    ],
    ['identity.rs', 'use std::time::SystemTime;', 'identity uses std::time::SystemTime, which no core may'],
    ['identity.rs', 'use std::{fmt, time::{SystemTime}};', 'identity uses std::time::SystemTime, which no core may'],
    [
      'audience.rs',
      '#[cfg(test)] use std::fmt; use crate::{base64url, identity::UserId};',
      'audience imports identity, which is not below it',
    ],
    [
      'ed25519/point.rs',
      'use super::super::proof::Policy;',
      'ed25519::point imports proof::policy, which is not below it',
    ],
    ['lease.rs', 'use crate::identity::UserId;', 'lease has no place in LAYERS'],
  ] as const) {
    it(`may not have \`${line}\` in ${file}`, () => assert.ok(faultsWith(file, line).includes(fault)))
  }
})
