// npm run screenshots: pictures of examples/web for the documents, light, dark and narrow.

import { fileURLToPath } from 'node:url'

import { openWeb, Person } from '../__test__/browser/web.mts'

const LOOKS = {
  first: { colorScheme: 'light', viewport: { width: 1100, height: 720 } },
  light: { colorScheme: 'light', viewport: { width: 1100, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1100, height: 900 } },
  narrow: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const

const web = await openWeb()
try {
  for (const [look, options] of Object.entries(LOOKS)) {
    const person = await Person.arrive(web.browser, web.origin, { ...options, reducedMotion: 'reduce' })
    for (const note of ['Write first.', 'Sign up later.', 'Keep everything.']) await person.addNote(note)
    if (look !== 'first') await person.press('Mint and send a proof')
    if (look !== 'first') await person.says('#verdict', /^Accepted/)
    if (look === 'dark') await person.press('Forge it')
    if (look === 'dark') await person.says('#verdict', /^Refused/)
    const path = fileURLToPath(new URL(`../docs/images/web-${look}.png`, import.meta.url))
    await person.page.mouse.move(0, 0)
    await person.page.evaluate(() => scrollTo(0, 0))
    // The narrow one whole would be a strip, and the first one is for the head of the README.
    await person.page.screenshot({ path, fullPage: look === 'light' || look === 'dark' })
    console.log(path)
    await person.leave()
  }
} finally {
  await web.close()
}
