// examples/web: a guest who signs in to an account that has another identity.

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'

import { noChromium } from './chromium.mts'
import { complaints, openWeb, Person } from './web.mts'

describe('examples/web, a guest who signs in to an account', { skip: noChromium, timeout: 300_000 }, () => {
  let web: Awaited<ReturnType<typeof openWeb>>
  before(async () => {
    web = await openWeb()
  })
  after(() => web?.close())
  afterEach(() => assert.deepEqual(complaints.splice(0), [], 'the console'))

  const arrive = () => Person.arrive(web.browser, web.origin)

  /** An account with a note, and a guest with another identity and a note of their own, who signs in to that account. */
  async function guestSignsIn() {
    const owner = await arrive()
    const id = await owner.identity()
    await owner.addNote('of the account')
    await owner.fillAccount()
    await owner.press('Sign up and keep everything')
    await owner.says('#jwt-sub', id)
    await owner.leave()
    const guest = await arrive()
    const own = await guest.identity()
    await guest.addNote('of the guest')
    await guest.fillAccount(owner.email)
    await guest.press('Sign in')
    await guest.page.locator('#guest-choice').waitFor()
    await guest.says('#guest-choice-guest', own)
    await guest.says('#guest-choice-account', id)
    // Nothing is replaced yet.
    assert.deepEqual([await guest.notes(), await guest.identity()], [['of the guest'], own])
    return { guest, id, own }
  }

  it('keeps a guest’s notes apart from those of an account that they sign in to, if they choose so', async () => {
    const { guest, id, own } = await guestSignsIn()
    await guest.press('Keep them for this device')
    await guest.says('#jwt-sub', id)
    await guest.page.locator('#notes li', { hasText: 'of the account' }).waitFor()
    assert.deepEqual([await guest.notes(), await guest.identity()], [['of the account'], own])
    await guest.says('#account-match', /another identity/)
    await guest.press('Sign out')
    await guest.page.locator('#notes li', { hasText: 'of the guest' }).waitFor()
    assert.deepEqual(await guest.notes(), ['of the guest'])
    await guest.leave()
  })

  it('copies a guest’s notes to the account, if they choose so', async () => {
    const { guest, id, own } = await guestSignsIn()
    await guest.press('Copy the notes to the account')
    await guest.says('#jwt-sub', id)
    await guest.page.locator('#notes li', { hasText: 'of the account' }).waitFor()
    assert.deepEqual((await guest.notes()).toSorted(), ['of the account', 'of the guest'])
    await guest.says('#notes-status', 'Kept on this device and on the server.')
    await guest.press('Sign out')
    // The device had its new identity before, so the session is what to wait for.
    await guest.says('#who', 'You are a guest on this device.')
    assert.notEqual(await guest.identityOtherThan(own), id)
    assert.deepEqual(await guest.notes(), [])
    await guest.leave()
  })

  it('discards a guest’s notes, if they choose so', async () => {
    const { guest, id, own } = await guestSignsIn()
    await guest.press('Discard them')
    await guest.says('#jwt-sub', id)
    await guest.page.locator('#notes li', { hasText: 'of the account' }).waitFor()
    assert.deepEqual(await guest.notes(), ['of the account'])
    await guest.press('Sign out')
    await guest.says('#who', 'You are a guest on this device.')
    await guest.identityOtherThan(own)
    assert.deepEqual(await guest.notes(), [])
    await guest.leave()
  })

  it('loses nothing of a guest who leaves before they choose', async () => {
    const { guest, id, own } = await guestSignsIn()
    await guest.page.reload()
    await guest.says('#jwt-sub', id)
    assert.equal(await guest.identity(), own)
    await guest.press('Sign out')
    await guest.page.locator('#notes li', { hasText: 'of the guest' }).waitFor()
    await guest.leave()
  })
})
