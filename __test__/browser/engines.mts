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
  hasPasskeys: boolean
  /** Why its passkeys keep no large blob, so that a backup is in the user handle; `false` if they do. */
  noLargeBlob: string | false
  launch(): Promise<TestBrowser>
}

export const engines: readonly Engine[] = [
  {
    name: 'Chromium',
    absent: noChromium,
    hasPasskeys: true,
    noLargeBlob: false,
    launch: async () => playwrightBrowser(await launchChromium(), Authenticator.plugIn),
  },
  {
    name: 'Firefox',
    absent: noFirefox,
    hasPasskeys: true,
    noLargeBlob: 'Firefox has no large blobs',
    launch: launchFirefox,
  },
  {
    name: 'WebKit',
    absent: noWebkit,
    hasPasskeys: false,
    noLargeBlob: 'WebKitGTK has no passkeys',
    launch: launchWebkit,
  },
]
