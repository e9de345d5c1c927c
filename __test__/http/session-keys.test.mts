// Which keys and tokens count, how often keys are asked for, and what is remembered.

import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'

import { type JWK, SignJWT } from 'jose'
import { session } from 'local-first-identity/fetch'

import { freePort } from '../port.mts'
import { appId, listen } from './apps.mts'
import { device } from './device.mts'
import { apiAudience, issuer, newKey, now, type Provider, signJwt, startProvider } from './provider.mts'
import { bearer, outcome } from './requests.mts'

let provider: Provider
beforeEach(async () => {
  provider = await startProvider()
})
afterEach(async () => {
  mock.timers.reset()
  await provider.stop()
})

describe('session, keys', () => {
  it('fetches the keys once, and again for a new key, at most every 30 seconds', async () => {
    const whose = session(provider.options)
    const { state, sign } = provider
    assert.equal(state.fetched, 0)
    for (let i = 0; i < 5; i++)
      assert.equal(await outcome(await whose(bearer(await sign({ jti: String(i) })))), 'user-1')
    assert.equal(state.fetched, 1)
    // Strangers who name keys that are not there cannot make the server ask the provider each time.
    for (let i = 0; i < 5; i++) {
      assert.equal(await outcome(await whose(bearer(await signJwt(await newKey())))), 'unknown-key')
    }
    assert.equal(state.fetched, 1)
    const rotated = await newKey()
    state.keys = [rotated]
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 31_000 })
    assert.equal(await outcome(await whose(bearer(await signJwt(rotated)))), 'user-1')
    assert.equal(state.fetched, 2)
  })

  it('takes a key set itself', async () => {
    const { kid, alg, jwk } = provider.state.keys[0] ?? assert.fail()
    const whose = session({ issuer, audience: apiAudience, jwks: { keys: [{ ...jwk, kid, alg }] } })
    assert.equal(await outcome(await whose(bearer(await provider.sign()))), 'user-1')
    assert.equal(provider.state.fetched, 0)
  })

  it('takes the algorithms it is told to, and no other', async () => {
    const [eddsa, rs256] = [await newKey('EdDSA'), await newKey('RS256')]
    provider.state.keys.push(eddsa, rs256)
    const all = session(provider.options)
    const pinned = session({ ...provider.options, algorithms: ['EdDSA'] })
    for (const [key, codes] of [
      [eddsa, ['user-1', 'user-1']],
      [rs256, ['user-1', 'unsupported-algorithm']],
    ] as const) {
      const token = await signJwt(key)
      assert.deepEqual([await outcome(await all(bearer(token))), await outcome(await pinned(bearer(token)))], codes)
    }
  })

  it('a public key is no secret to sign with', async () => {
    const { SignJWT } = await import('jose')
    const { jwk } = provider.state.keys[0] ?? assert.fail()
    const secret = new TextEncoder().encode(JSON.stringify(jwk))
    const token = await new SignJWT({ sub: 'admin', exp: now() + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: jwk.kid ?? '' })
      .setIssuer(issuer)
      .setAudience(apiAudience)
      .sign(secret)
    assert.equal(await outcome(await session(provider.options)(bearer(token))), 'unsupported-algorithm')
  })
})

describe('session, keys that cannot be had', () => {
  it('are asked for once in five seconds, however many strangers ask', async () => {
    const whose = session(provider.options)
    const stranger = await newKey()
    const start = Date.now()
    mock.timers.enable({ apis: ['Date'], now: start })
    provider.state.status = 500
    for (let i = 0; i < 5; i++) {
      const token = await signJwt(stranger, { jti: String(i) })
      await assert.rejects(
        whose(bearer(token)),
        i === 0
          ? { message: `session: ${provider.options.jwks} answered 500, not 200` }
          : { message: `session: ${provider.options.jwks} had no keys to give a moment ago` },
      )
    }
    assert.equal(provider.state.fetched, 1)
    provider.state.status = 200
    mock.timers.setTime(start + 5_000)
    assert.equal(await outcome(await whose(bearer(await provider.sign()))), 'user-1')
    assert.equal(provider.state.fetched, 2)
  })

  it('are named where no one answers', async () => {
    const jwks = `http://127.0.0.1:${await freePort()}/jwks.json`
    const whose = session({ ...provider.options, jwks })
    const message = `session: ${jwks} does not answer`
    await assert.rejects(whose(bearer(await provider.sign())), (error: Error) => {
      assert.deepEqual([error.message, error.cause instanceof TypeError], [message, true])
      return true
    })
  })

  it('are named where they have moved, with their new address', async () => {
    const moved = await listen((_req, res) => res.writeHead(301, { location: provider.options.jwks }).end())
    const whose = session({ ...provider.options, jwks: `${moved.origin}/old` })
    const message = `session: ${moved.origin}/old redirects to ${new URL(provider.options.jwks).origin}: give the address of the keys themselves`
    await assert.rejects(whose(bearer(await provider.sign())), { message })
    assert.equal(provider.state.fetched, 0)
    await moved.stop()
  })

  it('are no matter for tokens of keys that are known', async () => {
    const whose = session(provider.options)
    const start = Date.now()
    mock.timers.enable({ apis: ['Date'], now: start })
    assert.equal(await outcome(await whose(bearer(await provider.sign()))), 'user-1')
    provider.state.status = 500
    mock.timers.setTime(start + 31_000)
    const message = `session: ${provider.options.jwks} answered 500, not 200`
    await assert.rejects(whose(bearer(await signJwt(await newKey()))), { message })
    assert.equal(await outcome(await whose(bearer(await provider.sign({ jti: 'another' })))), 'user-1')
  })

  it('are not asked for by a token of another issuer', async () => {
    const whose = session(provider.options)
    const token = await provider.sign({ iss: 'https://evil.example.com' })
    assert.equal(await outcome(await whose(bearer(token))), 'unknown-issuer')
    assert.equal(provider.state.fetched, 0)
  })
})

describe('session, a key set with several keys of one name', () => {
  it('goes on to the next key where one cannot be used', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    const jwkOf = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }), kid: 'one' }) as JWK
    for (const keys of [
      [jwkOf(short), jwkOf(publicKey)],
      [jwkOf(publicKey), jwkOf(short)],
    ]) {
      const whose = session({ issuer, audience: apiAudience, jwks: { keys } })
      const sign = (key: KeyObject) =>
        new SignJWT({ sub: 'user-1' })
          .setProtectedHeader({ alg: 'RS256', kid: 'one' })
          .setIssuer(issuer)
          .setAudience(apiAudience)
          .setExpirationTime('5m')
          .sign(key)
      assert.equal(await outcome(await whose(bearer(await sign(privateKey)))), 'user-1')
      const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      assert.equal(await outcome(await whose(bearer(await sign(stranger)))), 'invalid-signature')
    }
  })

  it('takes a token of any of them', async () => {
    const [own] = provider.state.keys
    const [other, stranger] = [await newKey(), await newKey()]
    const kid = own?.kid ?? ''
    for (const twin of [own, { ...other, jwk: { ...other.jwk, kid } }]) {
      provider.state.keys = [own, twin].filter((key) => key !== undefined)
      const whose = session(provider.options)
      assert.equal(await outcome(await whose(bearer(await provider.sign()))), 'user-1')
      if (twin !== own) assert.equal(await outcome(await whose(bearer(await signJwt(other, {}, { kid })))), 'user-1')
      assert.equal(await outcome(await whose(bearer(await signJwt(stranger, {}, { kid })))), 'invalid-signature')
      assert.equal(await outcome(await whose(bearer(await provider.sign({ exp: now() - 1 })))), 'expired')
    }
  })

  it('tries eight of them at most', async () => {
    const [own] = provider.state.keys
    const twins = await Promise.all(Array.from({ length: 8 }, () => newKey()))
    const all = [...twins.map((key) => ({ ...key, jwk: { ...key.jwk, kid: own?.kid ?? '' } })), own]
    provider.state.keys = all.filter((key) => key !== undefined)
    const token = await signJwt(own ?? assert.fail())
    assert.equal(await outcome(await session(provider.options)(bearer(token))), 'invalid-signature')
  })
})

describe('session, a provider whose tokens have no `aud`', () => {
  // Clerk's session tokens, and Cognito's access tokens.
  for (const [name, audienceClaim, audience, claims] of [
    ['Clerk', 'azp', 'https://app.example.com', { sid: 'sess_1', sts: 'active' }],
    ['Cognito', 'client_id', '4f9example', { token_use: 'access', scope: 'openid' }],
  ] as const) {
    it(`takes those of ${name} by \`${audienceClaim}\``, async () => {
      const { sign } = provider
      const whose = session({ ...provider.options, audienceClaim, audience })
      const ask = async (more: Record<string, unknown>) =>
        outcome(await whose(bearer(await sign({ aud: undefined, ...claims, ...more }))))
      assert.equal(await ask({ [audienceClaim]: audience }), 'user-1')
      assert.equal(await ask({ [audienceClaim]: `${audience}/` }), 'audience-mismatch')
      for (const wrong of [undefined, '', 7, [audience], { [audience]: true }]) {
        const code = wrong === '' ? 'audience-mismatch' : 'invalid-claims'
        assert.equal(await ask({ [audienceClaim]: wrong }), code, JSON.stringify(wrong))
      }
      // An ID token is for another recipient: its `aud` says so.
      assert.equal(await ask({ [audienceClaim]: audience, aud: 'another' }), 'audience-mismatch')
      assert.equal(await ask({ [audienceClaim]: audience, aud: ['another', audience] }), 'user-1')
      assert.equal(await ask({ aud: audience }), 'invalid-claims')
      const response = await whose(bearer(await sign({ aud: undefined })))
      const error = `The token has no valid ${audienceClaim} claim.`
      assert.deepEqual(response.ok ? {} : await response.response.json(), { error, code: 'invalid-claims' })
    })
  }

  it('takes one whose `aud` names no one', async () => {
    const whose = session({ ...provider.options, audienceClaim: 'azp', audience: 'my-app' })
    const ask = async (aud: unknown) => outcome(await whose(bearer(await provider.sign({ azp: 'my-app', aud }))))
    assert.deepEqual(
      [await ask([]), await ask(['another']), await ask('')],
      ['user-1', 'audience-mismatch', 'audience-mismatch'],
    )
  })

  it('does not take what a claim inherits', async () => {
    const whose = session({ ...provider.options, audienceClaim: 'constructor', audience: 'x' })
    assert.equal(await outcome(await whose(bearer(await provider.sign()))), 'invalid-claims')
  })
})

describe('session, one token, one spelling', () => {
  it('takes none that is written in another way', async () => {
    const whose = session({ appId, ...provider.options })
    for (const token of [await provider.sign(), device().token()]) {
      assert.equal((await whose(bearer(token))).ok, true)
      const [header, claims, signature = ''] = token.split('.')
      const last = String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)
      for (const other of [
        `${header}.${claims}.${signature}=`,
        `${header}.${claims}. ${signature}`,
        `${header}.${claims}\t.${signature}`,
        `${header}=.${claims}.${signature}`,
        // The last letter has bits to spare, for jose.
        `${header}.${claims}.${signature.slice(0, -1)}${last}`,
        `${token}.`,
        `.${token}`,
      ]) {
        assert.equal(await outcome(await whose(bearer(other))), 'malformed', JSON.stringify(other.slice(-8)))
      }
    }
  })
})

describe('session, what is remembered', () => {
  const at = (seconds: number) => mock.timers.setTime(seconds * 1000)

  it('gives one frozen session for one token, and none after `exp`', async () => {
    const whose = session({ appId, ...provider.options })
    const start = now()
    mock.timers.enable({ apis: ['Date'], now: start * 1000 })
    const token = await provider.sign({ exp: start + 100, roles: [{ name: 'editor' }] })
    const first = await whose(bearer(token))
    const again = await whose(bearer(token))
    assert.ok(first.ok && again.ok)
    assert.equal(first.claims, again.claims)
    assert.throws(() => (((first.claims.roles as { name: string }[])[0] ?? assert.fail()).name = 'admin'), TypeError)
    at(start + 99)
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
    at(start + 100)
    assert.equal(await outcome(await whose(bearer(token))), 'expired')
  })

  it('forgets after five minutes what was signed by a key that the provider has withdrawn', async () => {
    const whose = session(provider.options)
    const start = now()
    mock.timers.enable({ apis: ['Date'], now: start * 1000 })
    const token = await provider.sign({ exp: start + 86_400 })
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
    provider.state.keys = [await newKey()]
    at(start + 299)
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
    // The keys are kept for ten minutes.
    at(start + 601)
    assert.equal(await outcome(await whose(bearer(token))), 'unknown-key')
  })

  it('remembers nothing that was refused', async () => {
    const whose = session(provider.options)
    const start = now()
    mock.timers.enable({ apis: ['Date'], now: start * 1000 })
    const token = await provider.sign({ nbf: start + 10 })
    assert.equal(await outcome(await whose(bearer(token))), 'not-yet-valid')
    at(start + 10)
    assert.equal(await outcome(await whose(bearer(token))), 'user-1')
  })
})
