// examples/web, examined by axe-core in every state, light, dark and narrow.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import axe from 'axe-core'
import { generateAuthSecret, RecoveryPhrase } from 'local-first-identity/client'

import { noChromium } from './chromium.mts'
import { complaints, openWeb, Person } from './web.mts'

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { colorScheme: 'light', viewport: { width: 320, height: 640 } },
} as const

describe('examples/web, for everybody', { skip: noChromium, timeout: 300_000 }, () => {
  let web: Awaited<ReturnType<typeof openWeb>>
  before(async () => {
    web = await openWeb()
  })
  after(() => web?.close())

  /** What axe finds, and whether the page is wider than the window. */
  async function faults({ page }: Person): Promise<string[]> {
    // The page's own policy lets no script in that is not its own.
    await page.evaluate(axe.source)
    const { violations, passes } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
    assert.ok(passes.length > 5)
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
    return isWide ? [...found, 'wider than the window'] : found
  }

  for (const [look, options] of Object.entries(LOOKS)) {
    it(`has nothing that axe objects to (${look})`, async () => {
      const person = await Person.arrive(web.browser, web.origin, { ...options, reducedMotion: 'reduce' })
      const id = await person.identity()
      const examined: Record<string, string[]> = {}
      const examine = async (state: string) => {
        examined[state] = await faults(person)
      }
      await examine('a first visit')
      await person.addNote('a note')
      await person.press('Show the recovery phrase')
      await examine('the phrase shown')
      await person.press('Hide the recovery phrase')
      await person.press('Restore from the phrase')
      await person.press('Sign in')
      await person.says('#recovery-phrase-error', /./)
      await examine('errors')
      await person.page.locator('#recovery-phrase').fill(RecoveryPhrase.fromSecret(generateAuthSecret()))
      await person.press('Restore from the phrase')
      await examine('a question before restoring')
      await person.press('Stay as it is')
      await person.press('Mint and send a proof')
      await person.says('#verdict', /^Accepted/)
      await examine('a proof accepted')
      await person.press('Forge it')
      await person.says('#verdict', /^Refused/)
      await examine('a proof refused')
      await person.press('Forget this device')
      await examine('a question')
      await person.press('Keep it')
      await person.fillAccount()
      await person.press('Sign up and keep everything')
      await person.says('#jwt-sub', id)
      await examine('signed in')
      assert.deepEqual(Object.values(examined).flat(), [], JSON.stringify(examined))
      assert.equal(Object.keys(examined).length, 8)
      await person.leave()
    })
  }

  it('can be used with a keyboard alone', async () => {
    const person = await Person.arrive(web.browser, web.origin)
    await person.identity()
    const { keyboard } = person.page
    const focused = () =>
      person.page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id)
    await keyboard.press('Tab')
    assert.match((await focused()) ?? '', /^Skip to /)
    await keyboard.press('Enter')
    await keyboard.press('Tab')
    await keyboard.type('typed')
    await keyboard.press('Enter')
    await person.page.locator('#notes li', { hasText: 'typed' }).waitFor()
    await person.press('Forget this device')
    await keyboard.press('Escape')
    assert.equal(await person.page.locator('#forget-dialog').isVisible(), false)
    assert.equal(await focused(), 'Forget this device')
    await person.leave()
  })

  after(() => assert.deepEqual(complaints, [], 'the console'))
})
