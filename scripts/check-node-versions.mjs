// Both `import` and `require` give the named exports on every version of Node that is supported, and the store runs on
// the SQLite that newer ones have. The versions come from the npm package `node`, into npm's own cache.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const { token, audience, issuedAt, userId } = JSON.parse(
  readFileSync(new URL('../vectors/tokens.json', import.meta.url), 'utf8'),
)[0]
const names = 'deriveUserId, generateAuthSecret, mintLocalFirstToken, normalizeAudience, verifyLocalFirstIdentityProof'
const check = `
  const good = verifyLocalFirstIdentityProof('${token}', '${audience}', { now: ${issuedAt} })
  const bad = verifyLocalFirstIdentityProof(42, '${audience}')
  const minted = mintLocalFirstToken(generateAuthSecret(), '${audience}', 60)
  const parts = [good.id, bad.code, verifyLocalFirstIdentityProof(minted, normalizeAudience('${audience}')).ok]
  console.log(process.version, ...parts, typeof deriveUserId)
`
const programs = {
  module: `import { ${names} } from 'local-first-identity'; ${check}`,
  commonjs: `const { ${names} } = require('local-first-identity'); ${check}`,
}

for (const version of [20, 22, 24, 26]) {
  for (const [type, program] of Object.entries(programs)) {
    const args = ['--yes', '-p', `node@${version}`, 'node', `--input-type=${type}`, '--eval', program]
    const printed = execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
    const expected = new RegExp(`^v${version}\\.\\d+\\.\\d+ ${userId} malformed true function$`)
    if (!expected.test(printed)) throw new Error(`Node ${version}, ${type}: ${printed}`)
    console.log(`${printed.split(' ')[0]} ${type}: ok`)
  }
}

// A driver that Node 20 does not have. That of Node 22.14 does not tell whether a transaction is open.
const test = ['--import', 'tsx', '--test', '--test-reporter=spec', '__test__/stores/node-sqlite.test.mts']
for (const version of ['22.14', '24']) {
  execFileSync('npx', ['--yes', '-p', `node@${version}`, 'node', ...test], { stdio: ['ignore', 'inherit', 'inherit'] })
}
