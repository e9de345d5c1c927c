// Pages of a browser, and the stores in them.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'

import type { Browser, BrowserContext, Page } from 'playwright-core'

import { launchChromium, noChromium } from './chromium.mts'
import { type Site, startSite } from './site.mts'

export type StoreName = 'BrowserAuthSecretStore' | 'IndexedDBAuthSecretStore'
type Called = { value: string | null } | { error: string; code: string | undefined }

// Of the test file that imports this.
let browser: Browser
let site: Site
before(async () => {
  if (noChromium) return
  ;[browser, site] = await Promise.all([launchChromium(), startSite()])
})
after(async () => {
  await browser?.close()
  site?.stop()
})

export const newProfile = (): Promise<BrowserContext> => browser.newContext()
export async function newTab(profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage()
  await page.goto(site.origin)
  return page
}

/** Calls one method of a store in a page. */
export const call = (page: Page, name: StoreName, method: string, args: unknown[] = [], scope = {}): Promise<Called> =>
  page.evaluate(
    async ({ name, method, args, scope }) => {
      const store = new exported[name](scope) as unknown as Record<
        string,
        (...args: unknown[]) => Promise<string | null>
      >
      try {
        return { value: (await store[method]?.(...args)) ?? null }
      } catch (error) {
        const { name, message, code } = error as Error & { code?: string }
        return { error: `${name}: ${message}`, code }
      }
    },
    { name, method, args, scope },
  )

/** Calls one method of a store in a page as soon as the other pages do: at the same time by the clock. */
export const atOnce = (
  page: Page,
  name: StoreName,
  method: string,
  scope: object,
  ...args: string[]
): Promise<string | null> =>
  page.evaluate(
    async ({ name, method, scope, args, at }) => {
      const store = new exported[name](scope) as unknown as Record<
        string,
        (...args: string[]) => Promise<string | null>
      >
      while (Date.now() < at);
      return (await store[method]?.(...args)) ?? null
    },
    { name, method, scope, args, at: Date.now() + 60 },
  )

/** What a method gave, which must not have failed. */
export const value = async (called: Promise<Called>): Promise<string | null> => {
  const answer = await called
  assert.ok('value' in answer, JSON.stringify(answer))
  return answer.value
}
