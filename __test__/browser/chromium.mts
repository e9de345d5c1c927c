// A real Chromium, for the tests that need one.

import { type Browser, chromium } from 'playwright-core'

import { absence } from '../services.mts'
import { findProgram } from './find-program.mts'

const { CHROMIUM } = process.env
const findChromium = () => findProgram(CHROMIUM ? [CHROMIUM] : ['chromium', 'chromium-browser', 'google-chrome'])

const remedy = 'apt-get install chromium, or name yours by the variable CHROMIUM'
/** Why the browser's tests are skipped; `false` if they run, which they must where CI is set. */
export const noChromium = await absence('Chromium', remedy, async () => findChromium())

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: findChromium() })
