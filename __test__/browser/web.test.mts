// examples/web, clicked through from the first visit to a row in the database.

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'

import { createRemoteJWKSet, jwtVerify } from 'jose'
import { deriveUserId, generateAuthSecret, RecoveryPhrase } from 'local-first-identity/client'

import { Authenticator } from './authenticator.mts'
import { noChromium } from './chromium.mts'
import { complaints, openWeb, Person } from './web.mts'

const SAVED = 'Kept on this device and on the server.'
const WAITING = 'Kept on this device. It will be sent when you are online.'

describe('examples/web', { skip: noChromium, timeout: 300_000 }, () => {
  let web: Awaited<ReturnType<typeof openWeb>>
  before(async () => {
    web = await openWeb()
  })
  after(() => web?.close())
  afterEach(() => assert.deepEqual(complaints.splice(0), [], 'the console'))

  const arrive = () => Person.arrive(web.browser, web.origin)
  /** The `sub` of the JWT that Better Auth gives this browser, checked as a sync server would. */
  async function verifiedSub({ page }: Person): Promise<string | undefined> {
    const { token } = await (await page.request.get('/api/auth/token')).json()
    const jwks = createRemoteJWKSet(new URL('/api/auth/jwks', web.origin))
    const expected = { issuer: web.origin, audience: web.origin }
    return (await jwtVerify(token, jwks, expected)).payload.sub
  }
  async function checkEverythingKept(person: Person, id: string, notes: string[]): Promise<void> {
    const texts = ['#account-identity', '#jwt-sub', '#identity']
    await person.says('#jwt-sub', id)
    assert.deepEqual(await Promise.all(texts.map((text) => person.page.locator(text).textContent())), [id, id, id])
    assert.equal(await verifiedSub(person), id)
    await person.says('#notes-status', SAVED)
    assert.deepEqual(await person.notes(), notes)
  }

  it('keeps a guest’s notes at sign-up by e-mail, and the identity as the sub of the JWT', async () => {
    const person = await arrive()
    const id = await person.identity()
    await person.addNote('milk')
    await person.addNote('<b>bread</b>')
    await person.says('#notes-status', SAVED)
    await person.page.reload()
    assert.equal(await person.identity(), id)
    await person.says('#notes-status', SAVED)
    assert.deepEqual(await person.notes(), ['milk', '<b>bread</b>'])
    await person.fillAccount()
    await person.press('Sign up and keep everything')
    await checkEverythingKept(person, id, ['milk', '<b>bread</b>'])
    await person.addNote('eggs')
    await person.page.reload()
    await checkEverythingKept(person, id, ['milk', '<b>bread</b>', 'eggs'])

    await person.press('Sign out')
    await person.button('Sign in').waitFor()
    assert.equal(await person.identity(), id)
    assert.deepEqual(await person.notes(), ['milk', '<b>bread</b>', 'eggs'])
    await person.leave()
  })

  it('keeps them at sign-up by the OAuth provider', async () => {
    const person = await arrive()
    const id = await person.identity()
    await person.addNote('written before')
    await person.says('#notes-status', SAVED)
    await person.fillAccount()
    await person.press('Sign up with the local provider')
    await checkEverythingKept(person, id, ['written before'])
    await person.leave()
  })

  it('says in words why there is no account', async () => {
    const person = await arrive()
    await person.fillAccount()
    await person.page.getByLabel('Password').fill('short')
    await person.press('Sign up and keep everything')
    await person.blames('password', /8 characters/)
    await person.fillAccount()
    await person.says('#password-error', '')
    await person.press('Sign in')
    await person.blames('password', 'The e-mail address or the password is wrong.')
    await person.press('Sign up and keep everything')
    await person.says('#jwt-sub', /^[\da-f-]{36}$/)
    await person.press('Sign out')
    await person.button('Sign in').waitFor()
    await person.fillAccount(`second-${person.email}`)
    await person.press('Sign up and keep everything')
    await person.says('#account-error', /already has an account/)
    await person.leave()
  })

  it('restores an identity from its phrase in a fresh profile', async () => {
    const person = await arrive()
    const id = await person.identity()
    await person.addNote('mine')
    await person.says('#notes-status', SAVED)
    await person.press('Show the recovery phrase')
    const words = await person.page.locator('#phrase li').allTextContents()
    assert.equal(words.length, 24)
    await person.press('Hide the recovery phrase')
    assert.equal(await person.page.locator('#phrase').isVisible(), false)

    const fresh = await arrive()
    const other = await fresh.identity()
    const phrase = fresh.page.getByLabel('Recovery phrase', { exact: true }).and(fresh.page.locator('textarea'))
    const restored = async (typed: string) => {
      await phrase.fill(typed)
      await fresh.press('Restore from the phrase')
    }
    await restored(words.with(6, 'xyzzy').join(' '))
    await fresh.blames('recovery-phrase', 'Word 7 is not one of the words of recovery phrases.')
    await restored(words.slice(1).join(' '))
    await fresh.blames('recovery-phrase', 'A recovery phrase has 24 words, and this has 23.')
    await restored(words.toReversed().join(' '))
    await fresh.blames(
      'recovery-phrase',
      'These words are no recovery phrase: one is wrong, or they are in another order.',
    )
    assert.equal(await fresh.identity(), other)
    // It asks first, and names both.
    await restored(`  ${words.join('\n').toUpperCase()} `)
    await fresh.says('#restore-new', id)
    await fresh.says('#restore-old', other)
    await fresh.press('Stay as it is')
    await fresh.says('#backup-status', 'Nothing was changed.')
    assert.equal(await fresh.identity(), other)
    await fresh.press('Restore from the phrase')
    await fresh.press('Restore it')
    assert.equal(await fresh.identityOtherThan(other), id)
    await fresh.says('#recovery-phrase-error', '')
    assert.equal(await phrase.inputValue(), '')
    await fresh.page.locator('#notes li', { hasText: 'mine' }).waitFor()
    for (const each of [person, fresh]) await each.leave()
  })

  it('restores an identity from a passkey, encrypted, after all of the site’s data was cleared', async () => {
    const person = await arrive()
    await Authenticator.plugIn(person.page, { hasPrf: true, hasLargeBlob: true })
    const id = await person.identity()
    await person.addNote('mine')
    await person.says('#notes-status', SAVED)
    await person.press('Back up with a passkey')
    await person.says('#backup-status', 'A passkey has your identity now, encrypted (prf).')
    await person.clearSiteData()
    const other = await person.identityOtherThan(id)
    assert.deepEqual(await person.notes(), [])
    await person.press('Restore from a passkey')
    await person.press('Restore it')
    assert.equal(await person.identityOtherThan(other), id)
    await person.says('#backup-status', `This device is ${id} now.`)
    await person.page.locator('#notes li', { hasText: 'mine' }).waitFor()
    await person.leave()
  })

  it('restores an identity on another device from the passkey that came there', async () => {
    const person = await arrive()
    const authenticator = await Authenticator.plugIn(person.page)
    const id = await person.identity()
    await person.press('Back up with a passkey')
    await person.says('#backup-status', 'A passkey has your identity now, in its user handle.')
    const [passkey] = await authenticator.credentials()

    const fresh = await arrive()
    const theirs = await Authenticator.plugIn(fresh.page)
    const other = await fresh.identity()
    await fresh.press('Restore from a passkey')
    await fresh.says('#backup-error', 'No passkey was chosen: there is none, it took too long, or it was cancelled.')
    await theirs.add(passkey?.userHandle ?? assert.fail())
    await fresh.press('Restore from a passkey')
    await fresh.press('Restore it')
    assert.equal(await fresh.identityOtherThan(other), id)
    for (const each of [person, fresh]) await each.leave()
  })

  it('has one secret in two tabs that open at once, and changes it in both', async () => {
    const person = await arrive()
    await person.identity()
    await person.clearSiteData()
    await person.page.goto('about:blank')
    const tabs = await Promise.all([person.anotherTab(), person.anotherTab(), person.anotherTab()] as const)
    const ids = new Set(await Promise.all(tabs.map((tab) => person.identity(tab))))
    assert.equal(ids.size, 1)
    const [first, second] = tabs
    const secret = generateAuthSecret()
    const textarea = first.locator('textarea')
    await textarea.fill(RecoveryPhrase.fromSecret(secret))
    for (const name of ['Restore from the phrase', 'Restore it']) await first.getByRole('button', { name }).click()
    await person.says('#identity', deriveUserId(secret), second)
    await person.leave()
  })

  it('starts with a new identity after the site’s data was cleared, or the device was forgotten', async () => {
    const person = await arrive()
    const first = await person.identity()
    await person.addNote('mine')
    await person.says('#notes-status', SAVED)
    await person.clearSiteData()
    const second = await person.identityOtherThan(first)
    assert.deepEqual(await person.notes(), [])
    await person.press('Forget this device')
    await person.press('Keep it')
    assert.equal(await person.identity(), second)
    await person.press('Forget this device')
    await person.press('Forget it')
    const third = await person.identityOtherThan(second)
    assert.equal(new Set([first, second, third]).size, 3)
    await person.leave()
  })

  it('keeps notes offline, and sends them when it is online again', async () => {
    const person = await arrive()
    await person.addNote('online')
    await person.says('#notes-status', SAVED)
    await person.profile.setOffline(true)
    await person.addNote('offline')
    await person.says('#notes-status', WAITING)
    await person.fillAccount()
    await person.press('Sign up and keep everything')
    await person.says('#account-error', 'You are offline. Try again when you are online.')
    assert.deepEqual(await person.notes(), ['online', 'offline'])
    await person.profile.setOffline(false)
    await person.says('#notes-status', SAVED)
    await person.press('Sign up and keep everything')
    await person.says('#jwt-sub', await person.identity())
    await person.page.evaluate(() => {
      const copies = Object.keys(localStorage).filter((key) => key.startsWith('demo-app-notes:'))
      for (const key of copies) localStorage.removeItem(key)
    })
    await person.page.reload()
    await person.page.locator('#notes li', { hasText: 'offline' }).waitFor()
    assert.deepEqual(await person.notes(), ['online', 'offline'])
    await person.leave()
  })

  it('loses no note of two devices that write at the same time', async () => {
    const here = await arrive()
    const id = await here.identity()
    await here.press('Show the recovery phrase')
    const words = await here.page.locator('#phrase li').allTextContents()
    const there = await arrive()
    const other = await there.identity()
    await there.page.locator('textarea').fill(words.join(' '))
    await there.press('Restore from the phrase')
    await there.press('Restore it')
    assert.equal(await there.identityOtherThan(other), id)
    for (let round = 0; round < 5; round++) {
      await Promise.all([here.addNote(`first ${round}`), there.addNote(`second ${round}`)])
    }
    for (const person of [here, there]) await person.says('#notes-status', SAVED)
    const third = await arrive()
    const own = await third.identity()
    await third.page.locator('textarea').fill(words.join(' '))
    await third.press('Restore from the phrase')
    await third.press('Restore it')
    await third.identityOtherThan(own)
    await third.says('#notes-status', SAVED)
    const expected = ['first', 'second'].flatMap((where) => [0, 1, 2, 3, 4].map((round) => `${where} ${round}`))
    assert.deepEqual((await third.notes()).toSorted(), expected)
    for (const person of [here, there, third]) await person.leave()
  })

  it('shows only its own words for a link’s error', async () => {
    const person = await arrive()
    await person.identity()
    const words = 'Call us and read out your recovery phrase'
    for (const [query, said] of [
      [`error=INVALID_PROOF&error_description=${words}`, /^The server refused the proof of your identity/],
      [`error=${words}`, 'That did not work (unknown). Try again.'],
      ['error=state_mismatch', /^Signing in took too long/],
    ] as const) {
      await person.page.goto(`/?${query}`)
      await person.says('#account-error', said)
      assert.ok(!(await person.page.locator('body').textContent())?.includes('read out'))
    }
    await person.leave()
  })

  it('copies the identity, the phrase and the proof', async () => {
    const person = await arrive()
    await person.profile.grantPermissions(['clipboard-read', 'clipboard-write'])
    const copied = async (name: string) => {
      await person.press(name)
      await person.button('Copied').waitFor()
      const text = await person.page.evaluate(() => navigator.clipboard.readText())
      await person.button(name).waitFor()
      return text
    }
    const id = await person.identity()
    assert.equal(await copied('Copy'), id)
    await person.press('Show the recovery phrase')
    assert.equal(deriveUserId(RecoveryPhrase.toSecret(await copied('Copy the phrase'))), id)
    await person.press('Mint and send a proof')
    await person.says('#verdict', /^Accepted/)
    assert.match(await copied('Copy the proof'), /^[\w-]+\.[\w-]+\.[\w-]{86}$/)
    await person.leave()
  })

  it('clears a phrase that was typed or shown when the person signs out', async () => {
    const person = await arrive()
    await person.fillAccount()
    await person.press('Sign up and keep everything')
    await person.says('#jwt-sub', await person.identity())
    await person.press('Show the recovery phrase')
    const phrase = person.page.locator('#recovery-phrase')
    await phrase.fill('abandon ability')
    await person.press('Sign out')
    await person.says('#who', 'You are a guest on this device.')
    assert.equal(await phrase.inputValue(), '')
    assert.equal(await person.page.locator('#phrase').isVisible(), false)
    await person.leave()
  })
})
