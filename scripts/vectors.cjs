// node scripts/vectors.cjs ADDON
//
// Runs the recorded vectors through an addon: a `.node` file, or a module that exports its functions. It is plain
// CommonJS without a dependency, since it also runs in emulators, in other runtimes and, bundled, in a browser.
'use strict'

/** One character of base64url, changed in a way that leaves it strict. */
const changed = (character) => (character === 'A' ? 'B' : 'A')

function* checks(addon, { identities, audiences, tokens }) {
  for (const { secret, userId } of identities) yield ['deriveUserId', addon.deriveUserId(secret), userId]
  for (const { audience, aud } of audiences) yield ['normalizeAudience', addon.normalizeAudience(audience), aud]
  for (const { secret, audience, ttlSeconds, issuedAt, userId, token } of tokens) {
    const now = { now: issuedAt }
    const at = token.lastIndexOf('.') + 1
    const tampered = token.slice(0, at) + changed(token[at]) + token.slice(at + 1)
    yield ['mintLocalFirstToken', addon.mintLocalFirstToken(secret, audience, ttlSeconds, now), token]
    yield ['the user ID', addon.verifyLocalFirstIdentityProof(token, audience, now).id, userId]
    yield [
      'a changed signature',
      addon.verifyLocalFirstIdentityProof(tampered, audience, now).code,
      'invalid-signature',
    ]
    yield ['another audience', addon.verifyLocalFirstIdentityProof(token, 'other', now).code, 'audience-mismatch']
  }
  const fresh = addon.mintLocalFirstToken(addon.generateAuthSecret(), 'clock', 60)
  const { ok, issuedAt } = addon.verifyLocalFirstIdentityProof(fresh, 'clock')
  yield ['a proof made with a new secret', ok, true]
  yield ['the clock', Math.abs(issuedAt - Date.now() / 1000) < 60, true]
}

/**
 * @param {object} addon - the exports of `index.js`
 * @param {{ identities: object[], audiences: object[], tokens: object[] }} vectors - the files of tests/vectors
 * @returns {number} how many checks passed
 * @throws {Error} at the first that did not
 */
function run(addon, vectors) {
  let passed = 0
  for (const [name, actual, expected] of checks(addon, vectors)) {
    if (actual !== expected) throw new Error(`${name}: ${actual} instead of ${expected}`)
    passed += 1
  }
  return passed
}

module.exports = { run }

if (require.main === module) {
  const { resolve } = require('node:path')
  const read = (name) => require(`../tests/vectors/${name}.json`)
  const vectors = { identities: read('identities'), audiences: read('audiences'), tokens: read('tokens') }
  const passed = run(require(resolve(process.argv[2])), vectors)
  console.log(`${passed} vectors passed, Node ${process.version} on ${process.platform} ${process.arch}`)
}
