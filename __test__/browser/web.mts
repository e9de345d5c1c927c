// A person with a browser of their own, on the page of examples/web.

import assert from 'node:assert/strict'
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { startExample } from '../../examples/start-example.mts'
import { launchChromium } from './chromium.mts'

/** What a page printed or threw that it should not have. */
export const complaints: string[] = []

/** Every refused request is printed by Chromium itself, whatever the page does with it. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d|net::ERR_INTERNET_DISCONNECTED$/

/** Starts a browser and the page. */
export async function openWeb() {
  const [browser, example] = await Promise.all([launchChromium(), startExample({}, 'web')])
  return {
    browser,
    origin: example.origin,
    async close(): Promise<void> {
      await browser.close()
      await example.stop()
    },
  }
}

let people = 0

export class Person {
  readonly email = `person${++people}@example.com`
  readonly password = 'correct horse battery'
  readonly page: Page
  readonly profile: BrowserContext

  private constructor(page: Page) {
    this.page = page
    this.profile = page.context()
  }

  /** Opens the page in a profile that has never been there. */
  static async arrive(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Person> {
    const profile = await browser.newContext({ baseURL: origin, ...options })
    profile.setDefaultTimeout(15_000)
    const person = new Person(await profile.newPage())
    await person.#open(person.page)
    return person
  }

  /** Opens the page in another tab of the same profile. */
  async anotherTab(): Promise<Page> {
    return this.#open(await this.profile.newPage())
  }

  async #open(page: Page): Promise<Page> {
    page.on('pageerror', (error) => complaints.push(`${error}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !REFUSED.test(message.text())) complaints.push(message.text())
    })
    await page.goto('/')
    return page
  }

  leave(): Promise<void> {
    return this.profile.close()
  }

  /** Clears everything that the site has stored, as a person can in the browser's settings, and opens the page again. */
  async clearSiteData(): Promise<void> {
    await this.page.evaluate(async () => {
      localStorage.clear()
      const databases = await indexedDB.databases()
      const deleted = databases.map(
        ({ name = '' }) =>
          new Promise((resolve, reject) => {
            const request = indexedDB.deleteDatabase(name)
            request.onsuccess = resolve
            request.onblocked = reject
          }),
      )
      await Promise.all(deleted)
    })
    await this.profile.clearCookies()
    await this.page.reload()
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  press(name: string): Promise<void> {
    return this.button(name).click()
  }

  /** The user ID that the page shows of this device, once it does. */
  async identity(page = this.page): Promise<string> {
    const shown = page.locator('#identity').filter({ hasText: /^[\da-f-]{36}$/ })
    return (await shown.textContent()) ?? assert.fail()
  }

  /** Waits until the page shows another identity than this. */
  async identityOtherThan(id: string): Promise<string> {
    await this.page
      .locator('#identity')
      .filter({ hasNotText: id })
      .filter({ hasText: /^[\da-f-]{36}$/ })
      .waitFor()
    return this.identity()
  }

  async addNote(text: string): Promise<void> {
    await this.page.getByLabel('New note').fill(text)
    await this.press('Add note')
    await this.page.locator('#notes').getByText(text, { exact: true }).waitFor()
  }

  notes(page = this.page): Promise<string[]> {
    return page.locator('#notes li').allTextContents()
  }

  /** Waits until the page says this at a field, which is marked and has the focus. */
  async blames(field: string, text: string | RegExp): Promise<void> {
    await this.says(`#${field}-error`, text)
    const element = this.page.locator(`#${field}`)
    assert.equal(await element.getAttribute('aria-invalid'), 'true')
    assert.ok((await element.getAttribute('aria-describedby'))?.split(' ').includes(`${field}-error`))
    assert.equal(await element.evaluate((element) => element === document.activeElement), true)
  }

  /** Waits for an element to say this, and nothing else. */
  async says(selector: string, text: string | RegExp, page = this.page): Promise<void> {
    const element = page.locator(selector)
    try {
      await page.waitForFunction(
        ({ selector, source, flags }) =>
          new RegExp(source, flags).test(document.querySelector(selector)?.textContent?.trim() ?? ''),
        typeof text === 'string'
          ? { selector, source: `^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, flags: '' }
          : { selector, source: text.source, flags: text.flags },
      )
    } catch {
      assert.fail(`${selector} says: ${await element.textContent()}\nexpected: ${text}`)
    }
  }

  async fillAccount(email = this.email): Promise<void> {
    await this.page.getByLabel('Name').fill('Ada')
    await this.page.getByLabel('E-mail').fill(email)
    await this.page.getByLabel('Password').fill(this.password)
  }

  /** The state of each check of a proof, in order, as `code state`. */
  checks(): Promise<string[]> {
    return this.page
      .locator('#checks li')
      .evaluateAll((items) => items.map((item) => `${item.dataset.code} ${item.dataset.state}`))
  }
}
