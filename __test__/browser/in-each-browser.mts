// The same tests in each engine.

import { after, afterEach, before, beforeEach, describe } from 'node:test'

import { type Engine, engines } from './engines.mts'
import { type Site, startSite } from './site.mts'
import type { Profile, Tab, TestBrowser } from './test-browser.mts'

export interface Given {
  engine: Engine
  newProfile(): Promise<Profile>
  /**
   * Serves a site as long as the suite runs that this is called in.
   *
   * @param contents - As of `startSite`.
   * @returns What opens a tab with it. Default: in a profile of its own.
   */
  serve(contents?: string): (profile?: Profile) => Promise<Tab>
}

/**
 * Makes a suite for each engine, which launches it once. A test prints the version that it ran in.
 *
 * @param tests - Makes the tests.
 * @param lack - Why an engine cannot run them; `false` if it can.
 */
export function inEachBrowser(
  title: string,
  tests: (given: Given) => void,
  lack: (engine: Engine) => string | false = () => false,
): void {
  for (const engine of engines) {
    describe(`${title} in ${engine.name}`, { skip: lack(engine) || engine.absent, timeout: 300_000 }, () => {
      let browser: TestBrowser
      before(async () => {
        browser = await engine.launch()
      })
      beforeEach((test) => {
        if ('diagnostic' in test) test.diagnostic(`${engine.name} ${browser.version}`)
      })
      after(() => browser?.close())
      const opened: Profile[] = []
      const newProfile = async () => {
        const profile = await browser.newProfile()
        opened.push(profile)
        return profile
      }
      // Those that a test which failed has left open.
      afterEach(async () => {
        for (const profile of opened.splice(0)) await profile.close()
      })
      tests({
        engine,
        newProfile,
        serve(contents) {
          let site: Site
          before(async () => {
            site = await startSite(contents)
          })
          after(() => site?.stop())
          return async (profile) => (profile ?? (await newProfile())).newTab(site.origin)
        },
      })
    })
  }
}
