// The engines that the client's tests run in.

import { Authenticator } from './authenticator.mts'
import { launchChromium, noChromium } from './chromium.mts'
import { launchFirefox, noFirefox } from './firefox.mts'
import { playwrightBrowser } from './playwright-browser.mts'
import type { TestBrowser } from './test-browser.mts'
import { launchWebkit, noWebkit } from './webkit.mts'

export interface Engine {
  name: 'Chromium' | 'Firefox' | 'WebKit'
  /** Why its tests are skipped; `false` if they run. */
  absent: string | false
  launch(): Promise<TestBrowser>
}

export const engines: readonly Engine[] = [
  {
    name: 'Chromium',
    absent: noChromium,
    launch: async () => playwrightBrowser(await launchChromium(), Authenticator.plugIn),
  },
  { name: 'Firefox', absent: noFirefox, launch: launchFirefox },
  { name: 'WebKit', absent: noWebkit, launch: launchWebkit },
]
