// npm run bench:bundle: what the client adds to an app's bundle.

import { version } from 'esbuild'
import * as client from 'local-first-identity/client'

import { bundleClient } from './bundle-client.mts'

const names = Object.keys(client)
const from = `from 'local-first-identity/client'`
const rows = [
  ['getLocalFirstIdentityProof', `export { getLocalFirstIdentityProof } ${from}`],
  ['… and BrowserAuthSecretStore', `export { getLocalFirstIdentityProof, BrowserAuthSecretStore } ${from}`],
  [
    '… and BrowserPasskeyBackup',
    `export { getLocalFirstIdentityProof, BrowserAuthSecretStore, BrowserPasskeyBackup } ${from}`,
  ],
  ['everything but RecoveryPhrase', `export { ${names.filter((name) => !name.startsWith('RecoveryPhrase'))} } ${from}`],
  ['everything, without the word list', `export * ${from}`],
  ['everything', `export * ${from}`],
] as const

console.log(`esbuild ${version}, minified; KB of 1,000 bytes\n`)
console.log('| imported | minified | gzipped |\n|---|---:|---:|')
const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`
for (const [name, contents] of rows) {
  const { minified, gzipped } = await bundleClient(contents, { withoutWords: name.includes('without') })
  console.log(`| ${name} | ${kb(minified)} | ${kb(gzipped)} |`)
}
