// Every vector of vectors/ against a build of the addon: `node scripts/vectors.cjs PATH_TO_ADDON`. In plain old
// JavaScript and without a dependency, since it also runs in browsers, other runtimes and emulators.
'use strict'

/**
 * @param {object} addon - the addon's functions
 * @param {{ identities: object[], audiences: object[], tokens: object[] }} vectors
 * @returns {number} how many checks passed; the first that fails is thrown
 */
function run(addon, vectors) {
  let passed = 0

  function equal(what, actual, expected) {
    if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`)
    passed += 1
  }

  /** What the addon says of a token, in one word. */
  function verdict(token, audience, now) {
    const proof = addon.verifyLocalFirstIdentityProof(token, audience, { now: now })
    return proof.ok === true ? proof.id : proof.ok === false && proof.id === undefined ? proof.code : 'no verdict'
  }

  vectors.identities.forEach((vector) => {
    equal(`the user ID of ${vector.secret}`, addon.deriveUserId(vector.secret), vector.userId)
  })

  vectors.audiences.forEach((vector) => {
    equal(`the audience ${JSON.stringify(vector.audience)}`, addon.normalizeAudience(vector.audience), vector.aud)
  })

  vectors.tokens.forEach((vector) => {
    const audience = vector.audience
    const issuedAt = vector.issuedAt
    const token = vector.token
    const expiresAt = issuedAt + vector.ttlSeconds
    const minted = addon.mintLocalFirstToken(vector.secret, audience, vector.ttlSeconds, { now: issuedAt })
    equal(`minted for ${vector.userId}`, minted, token)
    equal(`at its minting, ${token}`, verdict(token, audience, issuedAt), vector.userId)
    equal(`in its last second, ${token}`, verdict(token, audience, expiresAt - 1), vector.userId)
    equal(`when it has expired, ${token}`, verdict(token, audience, expiresAt), 'expired')
    equal(`for another audience, ${token}`, verdict(token, `${audience}!`, issuedAt), 'audience-mismatch')
    equal(
      `with a part cut off, ${token}`,
      verdict(token.slice(0, token.lastIndexOf('.')), audience, issuedAt),
      'malformed',
    )
    const start = token.lastIndexOf('.') + 1
    ;[start, start + 40, start + 50, token.length - 3].forEach((at) => {
      const forged = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      equal(`with another character at ${at}, ${token}`, verdict(forged, audience, issuedAt), 'invalid-signature')
    })
  })

  // The clock and the random source, which no vector can have.
  const before = Math.floor(Date.now() / 1000)
  const secret = addon.generateAuthSecret()
  const proof = addon.verifyLocalFirstIdentityProof(addon.mintLocalFirstToken(secret, 'vectors', 60), 'vectors')
  equal('a fresh proof', proof.id, addon.deriveUserId(secret))
  equal('the clock', before <= proof.issuedAt && proof.issuedAt <= Date.now() / 1000, true)
  equal('another secret', addon.generateAuthSecret() !== secret, true)
  equal('no token', verdict(undefined, 'vectors', 0), 'missing')

  return passed
}

module.exports.run = run

if (typeof require === 'function' && typeof process === 'object' && require.main === module) {
  const path = require('node:path')
  const vectors = {}
  ;['identities', 'audiences', 'tokens'].forEach((name) => {
    vectors[name] = require(`../vectors/${name}.json`)
  })
  const passed = run(require(path.resolve(process.argv[2])), vectors)
  console.log(`${passed} vectors passed, Node ${process.version} on ${process.platform} ${process.arch}`)
}
