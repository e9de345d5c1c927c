// The browsers that Playwright drives, as the tests see them.

import type { Browser, BrowserContext, Page } from 'playwright-core'

import {
  type AuthenticatorOptions,
  expressionOf,
  type Profile,
  type Tab,
  type TestBrowser,
  type VirtualAuthenticator,
  type Work,
} from './test-browser.mts'

type PlugIn = (page: Page, options: AuthenticatorOptions) => Promise<VirtualAuthenticator>

/** @param plugIn - Gives a page an authenticator, the way this browser does. */
export const playwrightBrowser = (browser: Browser, plugIn: PlugIn): TestBrowser => ({
  version: browser.version(),
  newProfile: async () => new PlaywrightProfile(await browser.newContext(), plugIn),
  close: () => browser.close(),
})

class PlaywrightProfile implements Profile {
  readonly #context: BrowserContext
  readonly #plugIn: PlugIn
  readonly #authenticators: VirtualAuthenticator[] = []

  constructor(context: BrowserContext, plugIn: PlugIn) {
    this.#context = context
    this.#plugIn = plugIn
  }

  async newTab(url: string): Promise<Tab> {
    const page = await this.#context.newPage()
    await page.goto(url)
    return {
      profile: this,
      evaluate: async (work: Work, argument?: unknown) =>
        JSON.parse(await page.evaluate<string>(expressionOf(work, argument))),
      reload: async () => void (await page.reload()),
      plugIn: async (options = {}) => {
        const authenticator = await this.#plugIn(page, options)
        this.#authenticators.push(authenticator)
        return authenticator
      },
    }
  }

  async close(): Promise<void> {
    for (const authenticator of this.#authenticators.splice(0)) await authenticator.unplug()
    await this.#context.close()
  }
}
