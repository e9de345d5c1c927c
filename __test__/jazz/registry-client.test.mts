// The client of the account registry against a registry: every recorded scenario that a client can play, and lost answers.

import assert from 'node:assert/strict'
import { afterEach, before, beforeEach, describe, it } from 'node:test'

import { deriveUserId, generateAuthSecret, jazzAccountId, mintLocalFirstToken } from 'local-first-identity'
import { type AccountRegistry, createAccountRegistry } from 'local-first-identity/jazz'

import { createProvider } from './bearers.mts'
import { type Registry, startRegistry } from './registry.mts'

const APP = 'my-app'
const LOCAL_FIRST = 'urn:jazz:local-first'
const ADMIN = 'the-admin-secret'

const refused = (code: string, status: number) => ({ name: 'AccountRegistryError', code, status })

describe('the client of the account registry, with a registry', () => {
  let provider: Awaited<ReturnType<typeof createProvider>>
  let server: Registry
  let client: AccountRegistry
  let device: { token: string; account: string; subject: string }

  const identity = (subject: string) => ({ issuer: provider.issuer, subject })
  const jwt = (subject: string) => provider.token(subject, server.clock.now)
  const foundAndRequest = async (subject: string) => {
    await client.foundLocalFirst(device.token)
    return client.requestLink(device.token, identity(subject))
  }
  const foundAndLink = async (subject: string) => {
    const { nonce } = await foundAndRequest(subject)
    return { nonce, assignment: await client.acceptLink(await jwt(subject), nonce) }
  }
  /** Registers, as upstream's managed connectors do at a start with a provider's session. The client itself cannot. */
  const registerElsewhere = async (subject: string) => {
    const headers = { authorization: `Bearer ${await jwt(subject)}`, 'content-type': 'application/json' }
    assert.equal((await fetch(`${server.registry}/login-or-register`, { method: 'POST', headers })).status, 200)
  }

  before(async () => {
    provider = await createProvider('https://issuer.example', APP)
  })
  beforeEach(async () => {
    server = await startRegistry({ appId: APP, adminSecret: ADMIN, ...provider })
    client = createAccountRegistry({ serverUrl: server.server, appId: APP })
    const secret = generateAuthSecret()
    const subject = deriveUserId(secret)
    device = { token: mintLocalFirstToken(secret, APP, 3600), subject, account: jazzAccountId(APP, subject) }
  })
  afterEach(() => server.close())

  it('founds the account that `jazzAccountId` derives, once', async () => {
    const first = await client.foundLocalFirst(device.token)
    assert.deepEqual(first.identity, { issuer: LOCAL_FIRST, subject: device.subject })
    assert.equal(first.account, device.account)
    assert.deepEqual(await client.foundLocalFirst(device.token), first)
    assert.deepEqual(await client.login(device.token), first)
  })

  it('links a provider to the guest’s account, where it then logs in', async () => {
    const { assignment } = await foundAndLink('user-1')
    assert.equal(assignment.account, device.account)
    assert.deepEqual(assignment.identity, identity('user-1'))
    assert.deepEqual(await client.login(await jwt('user-1')), assignment)
    assert.equal((await client.resolve(identity('user-1'), ADMIN)).account, device.account)
  })

  it('is told the end of a nonce, 300 seconds after the request', async () => {
    const { expiresAt } = await foundAndRequest('user-1')
    assert.equal(expiresAt, server.clock.now + 300)
  })

  it('logs in without registering', async () => {
    await assert.rejects(client.login(await jwt('user-1')), refused('identity_not_assigned', 404))
    await assert.rejects(client.login(device.token), refused('identity_not_assigned', 404))
    assert.deepEqual(server.state().assignments, [])
  })

  it('accepts again after success, also when the nonce has expired', async () => {
    const { nonce, assignment } = await foundAndLink('user-1')
    server.clock.advance(301)
    assert.deepEqual(await client.acceptLink(await jwt('user-1'), nonce), assignment)
  })

  it('accepts again after an answer was lost', async () => {
    const { nonce } = await foundAndRequest('user-1')
    const arrived = server.loseAnswer('links/accept')
    const token = await jwt('user-1')
    await assert.rejects(client.acceptLink(token, nonce), { code: 'account_registry_unavailable' })
    await arrived
    assert.equal((await client.acceptLink(token, nonce)).account, device.account)
    assert.equal((await client.login(token)).account, device.account)
  })

  it('finds the account of a lost founding by founding again', async () => {
    const arrived = server.loseAnswer('found-local-first')
    await assert.rejects(client.foundLocalFirst(device.token), { code: 'account_registry_unavailable' })
    await arrived
    assert.equal((await client.foundLocalFirst(device.token)).account, device.account)
  })

  it('is refused a link after success, and logs in instead', async () => {
    await foundAndLink('user-1')
    const again = client.requestLink(device.token, identity('user-1'))
    await assert.rejects(again, refused('identity_already_assigned', 409))
    assert.equal((await client.login(await jwt('user-1'))).account, device.account)
  })

  it('is refused the link of an identity that registered first, for ever', async () => {
    await registerElsewhere('user-1')
    await client.foundLocalFirst(device.token)
    const late = client.requestLink(device.token, identity('user-1'))
    await assert.rejects(late, refused('identity_already_assigned', 409))
  })

  it('is refused a stolen nonce, which its owner can still use', async () => {
    const { nonce } = await foundAndRequest('user-1')
    await assert.rejects(client.acceptLink(await jwt('mallory'), nonce), refused('invalid_link_intent', 400))
    assert.equal((await client.acceptLink(await jwt('user-1'), nonce)).account, device.account)
  })

  it('is refused an expired nonce, and gets a new one', async () => {
    const { nonce } = await foundAndRequest('user-1')
    server.clock.advance(301)
    await assert.rejects(client.acceptLink(await jwt('user-1'), nonce), refused('invalid_link_intent', 400))
    const fresh = await client.requestLink(device.token, identity('user-1'))
    assert.equal((await client.acceptLink(await jwt('user-1'), fresh.nonce)).account, device.account)
  })

  it('is refused as long as a device has no account to link to', async () => {
    const early = client.requestLink(device.token, identity('user-1'))
    await assert.rejects(early, refused('identity_not_assigned', 404))
  })

  it('is refused a device’s identity as the one to link', async () => {
    await client.foundLocalFirst(device.token)
    const local = client.requestLink(device.token, { issuer: LOCAL_FIRST, subject: device.subject })
    await assert.rejects(local, refused('invalid_external_identity', 400))
  })

  it('is refused a provider’s token for founding', async () => {
    await assert.rejects(client.foundLocalFirst(await jwt('user-1')), refused('local_first_proof_required', 400))
  })

  it('is refused once the identity was revoked', async () => {
    const { nonce } = await foundAndLink('user-1')
    const headers = { authorization: `Bearer ${device.token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ identity: identity('user-1') })
    assert.equal((await fetch(`${server.registry}/revoke`, { method: 'POST', headers, body })).status, 204)
    const token = await jwt('user-1')
    await assert.rejects(client.login(token), refused('identity_not_authorized', 403))
    await assert.rejects(client.acceptLink(token, nonce), refused('identity_not_authorized', 403))
  })

  it('is refused a token of another provider, another app or another time', async () => {
    const credential = refused('invalid_account_credential', 401)
    const stranger = await createProvider(provider.issuer, APP)
    await assert.rejects(client.login(await stranger.token('user-1', server.clock.now)), credential)
    await assert.rejects(client.login(await provider.token('user-1', server.clock.now, { aud: 'other' })), credential)
    await assert.rejects(client.foundLocalFirst(mintLocalFirstToken(generateAuthSecret(), 'other-app', 60)), credential)
    server.clock.advance(3600)
    await assert.rejects(client.foundLocalFirst(device.token), credential)
  })

  it('does not take a wrong app for an identity without an account', async () => {
    const elsewhere = createAccountRegistry({ serverUrl: server.server, appId: 'another-app' })
    await assert.rejects(elsewhere.login(await jwt('user-1')), refused('account_request_failed', 404))
  })

  it('is refused a wrong admin secret', async () => {
    await foundAndLink('user-1')
    const wrong = client.resolve(identity('user-1'), 'wrong')
    await assert.rejects(wrong, refused('invalid_account_credential', 401))
  })

  it('founds one account, and links once, when sixteen do it at once', async () => {
    const founded = await Promise.all(Array.from({ length: 16 }, () => client.foundLocalFirst(device.token)))
    assert.deepEqual(new Set(founded.map(({ account }) => account)), new Set([device.account]))
    const { nonce } = await client.requestLink(device.token, identity('user-1'))
    const token = await jwt('user-1')
    const linked = await Promise.all(Array.from({ length: 16 }, () => client.acceptLink(token, nonce)))
    assert.deepEqual(new Set(linked.map(({ account }) => account)), new Set([device.account]))
    assert.equal(server.state().assignments.length, 2)
  })

  it('never asks the registry to register', async () => {
    await foundAndLink('user-1')
    const asked = new Set(server.calls.map(({ op }) => op))
    assert.deepEqual(asked, new Set(['found-local-first', 'links/request', 'links/accept']))
  })
})
