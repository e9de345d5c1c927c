// A real Firefox, as it is released, for the tests that need one: Playwright drives it by WebDriver BiDi.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { firefox } from 'playwright-core'

import { freePort } from '../port.mts'
import { absence } from '../services.mts'
import { findProgram } from './find-program.mts'
import { FirefoxAuthenticator } from './firefox-authenticator.mts'
import { Marionette } from './marionette.mts'
import { playwrightBrowser } from './playwright-browser.mts'
import type { TestBrowser } from './test-browser.mts'

const { FIREFOX } = process.env
const findFirefox = () => findProgram(FIREFOX ? [FIREFOX] : ['firefox-esr', 'firefox'])

const remedy = 'apt-get install firefox-esr, or name yours by the variable FIREFOX'
/** Why the browser's tests are skipped; `false` if they run, which they must where CI is set. */
export const noFirefox = await absence('Firefox', remedy, async () => findFirefox())

export async function launchFirefox(): Promise<TestBrowser> {
  const port = await freePort()
  // Firefox does not start in a folder of another user, as the home of a container's root may be.
  const home = await mkdtemp(join(tmpdir(), 'firefox-'))
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: findFirefox(),
    args: ['--marionette'],
    env: { ...process.env, HOME: home },
    firefoxUserPrefs: {
      'marionette.port': port,
      // Virtual authenticators in place of those of the machine.
      'security.webauth.webauthn_enable_softtoken': true,
      'security.webauth.webauthn_enable_usbtoken': false,
    },
  })
  const marionette = await Marionette.connect(port)
  return {
    ...playwrightBrowser(browser, (_, options) => FirefoxAuthenticator.plugIn(marionette, options)),
    async close() {
      await browser.close()
      await rm(home, { recursive: true })
    },
  }
}
