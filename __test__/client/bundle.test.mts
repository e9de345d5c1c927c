import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { describe, it } from 'node:test'
import { createContext, runInContext } from 'node:vm'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import * as client from 'local-first-identity/client'

import { bundleClient } from '../../benches/bundle-client.mts'

const from = `from 'local-first-identity/client'`
const packagesIn = (inputs: string[]) =>
  [
    ...new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'local-first-identity')),
  ].toSorted()
/** The frameworks with hooks, and the packages that their bundles have. */
const hooks = new Map([
  ['react', ['react']],
  ['vue', ['@vue/reactivity', '@vue/runtime-core', '@vue/shared']],
  ['svelte', ['esm-env', 'svelte']],
  ['solid', ['solid-js']],
])

describe('the client in a bundle', () => {
  it('is under 18 KB, compressed, without recovery phrases, and under 22 KB with them, without the word list', async (t) => {
    const names = Object.keys(client).filter((name) => !name.startsWith('RecoveryPhrase'))
    const { gzipped: withoutPhrases } = await bundleClient(`export { ${names} } ${from}`)
    const { gzipped, inputs } = await bundleClient(`export * ${from}`, { withoutWords: true })
    t.diagnostic(`${withoutPhrases.toLocaleString('en')} and ${gzipped.toLocaleString('en')} bytes`)
    assert.ok(withoutPhrases < 18_000, `${withoutPhrases} bytes`)
    assert.ok(gzipped < 22_000, `${gzipped} bytes`)
    assert.deepEqual(packagesIn(inputs), [
      '@noble/ed25519',
      '@noble/hashes',
      '@scure/bip39',
      'idb-keyval',
      'local-first-identity',
    ])
  })

  it('leaves out what is not imported', async () => {
    const { inputs } = await bundleClient(`export { getLocalFirstIdentityProof } ${from}`)
    assert.deepEqual(packagesIn(inputs), ['@noble/ed25519', '@noble/hashes', 'local-first-identity'])
    const paths = ['', ...Array.from(hooks.keys(), (framework) => `/${framework}`)]
    const imports = paths.map((path) => `import 'local-first-identity/client${path}'`)
    const nothing = await bundleClient(imports.join(';'))
    assert.deepEqual(nothing.inputs, [])
  })

  for (const [framework, packages] of hooks) {
    it(`has no other framework beside ${framework}, and no word list unless phrases are shown`, async () => {
      const only = (name: string) => bundleClient(`export { ${name} } ${from.replace(/'$/, `/${framework}'`)}`)
      const own = ['@noble/hashes', 'idb-keyval', 'local-first-identity']
      const withoutWords = packagesIn((await only('useLocalFirstAuth')).inputs)
      assert.deepEqual(withoutWords, [...own, ...packages].toSorted())
      const withWords = packagesIn((await only('useRecoveryPhraseBackup')).inputs)
      assert.deepEqual(withWords, [...own, ...packages, '@scure/bip39'].toSorted())
    })
  }

  // What Hermes, the engine of React Native 0.74 and later, has beside the language; `getRandomValues` is of a package.
  it('runs where there is little beside the language, and no Web Crypto', async () => {
    const { code } = await bundleClient(`export * ${from}`, { format: 'iife' })
    const getRandomValues = (array: Uint8Array<ArrayBuffer>) => webcrypto.getRandomValues(array)
    const context = createContext({ TextEncoder, atob, btoa, queueMicrotask, crypto: { getRandomValues } })
    const [proof, id, restored] = runInContext(
      `${code}
      const { deriveUserId, generateAuthSecret, getLocalFirstIdentityProof, RecoveryPhrase } = exported
      const secret = generateAuthSecret()
      const proof = getLocalFirstIdentityProof({ secret, audience: 'my-app-signup' })
      ;[proof, deriveUserId(secret), RecoveryPhrase.toSecret(RecoveryPhrase.fromSecret(secret)) === secret]`,
      context,
    )
    assert.equal(verifyLocalFirstIdentityProof(proof, 'my-app-signup').id, id)
    assert.equal(restored, true)
  })

  it('loads where there is no `TextEncoder`, as in jsdom', async () => {
    const { code } = await bundleClient(`export * ${from}`, { format: 'iife' })
    const { getRandomValues } = webcrypto
    const crypto = { getRandomValues: getRandomValues.bind(webcrypto) }
    const context = createContext({ atob, btoa, queueMicrotask, crypto })
    const secret = runInContext(`${code}; exported.generateAuthSecret()`, context)
    assert.match(secret, /^[\w-]{43}$/)
    assert.throws(() => runInContext(`exported.deriveUserId('${secret}')`, context), /TextEncoder/)
  })

  it('says what is missing where there is no randomness', async () => {
    const { code } = await bundleClient(`export { generateAuthSecret } ${from}`, { format: 'iife' })
    const context = createContext({ TextEncoder, atob, btoa })
    assert.throws(() => runInContext(`${code}; exported.generateAuthSecret()`, context), /crypto\.getRandomValues/)
  })
})
