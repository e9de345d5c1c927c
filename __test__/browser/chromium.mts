// A real browser, for the tests that need one.

import { execFileSync } from 'node:child_process'

import { type Browser, chromium } from 'playwright-core'

import { absence } from '../services.mts'

const { CHROMIUM } = process.env
const NAMES = CHROMIUM ? [CHROMIUM] : ['chromium', 'chromium-browser', 'google-chrome']

/** The first that starts; where none does, the reason why the last one does not. */
function findChromium(): string {
  let cause: unknown
  for (const name of NAMES) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return name.includes('/') ? name : execFileSync('which', [name], { encoding: 'utf8' }).trim()
    } catch (error) {
      cause = error
    }
  }
  throw cause
}

const remedy = 'apt-get install chromium, or name yours by the variable CHROMIUM'
/** Why the browser's tests are skipped; `false` if they run, which they must where CI is set. */
export const noChromium = await absence('Chromium', remedy, async () => findChromium())

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: findChromium() })
