// The panel "Proof" of examples/web: what a person sees of good and bad proofs.

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'

import { noChromium } from './chromium.mts'
import { complaints, openWeb, Person } from './web.mts'

const CODES = [
  'missing',
  'too-long',
  'malformed',
  'unsupported-algorithm',
  'unsupported-header',
  'invalid-claims',
  'unknown-issuer',
  'audience-mismatch',
  'issued-in-future',
  'expired',
  'ttl-too-long',
  'invalid-public-key',
  'subject-mismatch',
  'invalid-signature',
  'already-used',
]
/** The checks as they stand when this one has failed; without one, when all have passed. */
const checksUntil = (failed?: string) => {
  const at = failed ? CODES.indexOf(failed) : CODES.length
  return CODES.map((code, index) => `${code} ${index < at ? 'passed' : index === at ? 'failed' : 'waiting'}`)
}

describe('examples/web, proofs', { skip: noChromium, timeout: 300_000 }, () => {
  let web: Awaited<ReturnType<typeof openWeb>>
  before(async () => {
    web = await openWeb()
  })
  after(() => web?.close())
  afterEach(() => assert.deepEqual(complaints.splice(0), [], 'the console'))

  const arrive = () => Person.arrive(web.browser, web.origin)

  it('says so where the server has a fault instead of a verdict', async () => {
    const person = await arrive()
    await person.identity()
    for (const [status, body] of [
      [429, '{"message":"Too many"}'],
      [500, 'Internal Server Error'],
      [200, '{}'],
    ] as const) {
      await person.page.route('/proofs', (route) => route.fulfill({ status, body, contentType: 'application/json' }))
      await person.press('Mint and send a proof')
      await person.says('#verdict', 'The server has a fault. Try again later.')
      assert.deepEqual(
        (await person.checks()).filter((check) => !check.endsWith('waiting')),
        [],
      )
      assert.equal(await person.button('Send it again').isDisabled(), true)
      await person.page.unroute('/proofs')
    }
    const others = complaints.splice(0).filter((complaint) => !complaint.includes('a status of 500'))
    assert.deepEqual(others, [])
    await person.leave()
  })

  it('shows a proof, what the server checks of it, and that one is taken once', async () => {
    const person = await arrive()
    const id = await person.identity()
    assert.equal(await person.button('Send it again').isDisabled(), true)
    await person.press('Mint and send a proof')
    await person.says('#verdict', `Accepted: the server knows this device as ${id}.`)
    assert.deepEqual(await person.checks(), checksUntil())
    assert.match((await person.page.locator('#proof-header').textContent()) ?? '', /"alg": "EdDSA"/)
    const claims = JSON.parse((await person.page.locator('#proof-claims').textContent()) ?? '')
    assert.deepEqual(Object.keys(claims), ['iss', 'sub', 'aud', 'jazz_pub_key', 'iat', 'exp'])
    assert.deepEqual([claims.sub, claims.exp - claims.iat], [id, 60])
    await person.says('#countdown', /\b(5\d|60)\b/)
    await person.press('Send it again')
    await person.says('#verdict', /^Refused: .+ \(already-used\)$/)
    assert.deepEqual(await person.checks(), checksUntil('already-used'))
    await person.leave()
  })

  it('shows that a forged proof is refused for its signature', async () => {
    const person = await arrive()
    const id = await person.identity()
    await person.press('Forge it')
    await person.says('#verdict', /^Refused: .+ \(invalid-signature\)$/)
    assert.deepEqual(await person.checks(), checksUntil('invalid-signature'))
    const claims = JSON.parse((await person.page.locator('#proof-claims').textContent()) ?? '')
    assert.equal(claims.sub, id)
    await person.leave()
  })

  it('says the verdict in words and in colour', async () => {
    const person = await arrive()
    await person.identity()
    const verdict = person.page.locator('#verdict')
    const background = () => verdict.evaluate((element) => getComputedStyle(element).backgroundColor)
    const colours = [await background()]
    for (const [button, words] of [
      ['Mint and send a proof', /^Accepted/],
      ['Send it again', /^Refused/],
    ] as const) {
      await person.press(button)
      await person.says('#verdict', words)
      colours.push(await background())
    }
    assert.equal(new Set(colours).size, 3)
    await person.leave()
  })

  it('shows no proof before there is one', async () => {
    const person = await arrive()
    await person.identity()
    const proof = person.page.locator('#last-proof')
    assert.equal(await proof.isVisible(), false)
    await person.press('Mint and send a proof')
    await proof.waitFor({ state: 'visible' })
    await person.leave()
  })

  it('shows that a late proof is refused', async () => {
    const person = await arrive()
    await person.identity()
    await person.press('Send it late')
    await person.says('#countdown', /expired/)
    await person.says('#verdict', /^Refused: .+ \(expired\)$/)
    assert.deepEqual(await person.checks(), checksUntil('expired'))
    await person.leave()
  })
})
