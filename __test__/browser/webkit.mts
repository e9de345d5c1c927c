// A real WebKit, WebKitGTK's, for the tests that need one: its own driver drives it by WebDriver.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'

import { Builder, type WebDriver } from 'selenium-webdriver'
import type { DriverService } from 'selenium-webdriver/remote.js'

import { absence } from '../services.mts'
import { until } from '../until.mts'
import { expressionOf, type Profile, type Tab, type TestBrowser, type Work } from './test-browser.mts'

// Selenium's types have another path for it than its code.
const { DriverService: Service }: { DriverService: typeof DriverService } = createRequire(import.meta.url)(
  'selenium-webdriver/remote',
)

const find = (name: string) => execFileSync('which', [name], { encoding: 'utf8' }).trim()

const remedy = 'apt-get install webkit2gtk-driver xvfb'
/** Why the browser's tests are skipped; `false` if they run, which they must where CI is set. */
export const noWebkit = await absence('WebKit', remedy, async () => ['WebKitWebDriver', 'Xvfb'].map(find))

export async function launchWebkit(): Promise<TestBrowser> {
  const screen = await startScreen()
  const first = await WebkitProfile.open(screen.name)
  const version = await first.version()
  await first.close()
  return {
    version,
    newProfile: () => WebkitProfile.open(screen.name),
    close: async () => screen.stop(),
  }
}

/** A screen that no one sees: WebKitGTK shows its windows, or does not start. */
async function startScreen(): Promise<{ name: string; stop(): void }> {
  // It writes the number of the screen to the file descriptor 3 once it is ready.
  const server = spawn(find('Xvfb'), ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const stop = () => void server.kill()
  process.once('exit', stop)
  const died = once(server, 'exit').then(() => Promise.reject(new Error('Xvfb does not start')))
  const [number] = await Promise.race([once(server.stdio[3] as Readable, 'data'), died])
  return { name: `:${String(number).trim()}`, stop }
}

/** Fails when the driver does not answer in 30 seconds: it has no deadline of its own. */
async function answered<T>(what: string, answer: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`WebKitWebDriver does not answer: ${what}`)), 30_000)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

/** One session of the driver, which has one browser with a storage in memory. */
class WebkitProfile implements Profile {
  readonly #service: DriverService
  readonly #driver: WebDriver
  #isFresh = true
  #last: Promise<unknown> = Promise.resolve()

  private constructor(service: DriverService, driver: WebDriver) {
    this.#service = service
    this.#driver = driver
  }

  /** A driver never answers if its browser ends while it starts. A new one does. */
  static async open(display: string): Promise<WebkitProfile> {
    for (let tries = 3; ; tries -= 1) {
      const profile = await WebkitProfile.#start(display).catch((error) => {
        if (tries === 1) throw error
      })
      if (profile) return profile
    }
  }

  static async #start(display: string): Promise<WebkitProfile> {
    const service = new Service.Builder(find('WebKitWebDriver'))
      .setLoopback(true)
      .setEnvironment({ ...(process.env as Record<string, string>), DISPLAY: display, GDK_BACKEND: 'x11' })
      .build()
    const address = await service.start()
    const builder = new Builder().disableEnvironmentOverrides().usingServer(address)
    try {
      const driver = await answered('a new session', builder.forBrowser('MiniBrowser').build())
      await answered('its window', driver.getWindowHandle())
      return new WebkitProfile(service, driver)
    } catch (error) {
      await service.kill()
      throw error
    }
  }

  async version(): Promise<string> {
    return (await this.#driver.getCapabilities()).getBrowserVersion() ?? ''
  }

  newTab(url: string): Promise<Tab> {
    return this.#inTurn(async () => {
      if (!this.#isFresh) await this.#driver.switchTo().newWindow('tab')
      this.#isFresh = false
      const handle = await this.#driver.getWindowHandle()
      await this.#driver.get(url)
      const inTab = <T,>(command: () => Promise<T>) =>
        this.#inTurn(async () => {
          await this.#driver.switchTo().window(handle)
          return command()
        })
      return {
        profile: this,
        evaluate: (work: Work, argument?: unknown) => this.#evaluate(inTab, expressionOf(work, argument)),
        reload: () => inTab(() => this.#driver.navigate().refresh()),
        plugIn: async () => {
          throw new Error('WebKitGTK has no passkeys')
        },
      } as Tab
    })
  }

  /** Only one command at a time: a session has one current tab. */
  #inTurn<T>(command: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => answered('a command', command()))
    this.#last = done.catch(() => {})
    return done
  }

  /** Starts the work, and polls for its result. A script that waits would block the other tabs. */
  async #evaluate(inTab: <T>(command: () => Promise<T>) => Promise<T>, expression: string): Promise<unknown> {
    const id = crypto.randomUUID()
    await inTab(() => this.#driver.executeScript(START, id, expression))
    let outcome: Outcome | null = null
    await until(
      'the page has an answer',
      async () => {
        outcome = await inTab(() => this.#driver.executeScript<Outcome | null>(TAKE, id))
        return outcome !== null
      },
      60,
    )
    const { json, error } = outcome as unknown as Outcome
    if (json === undefined) throw new Error(error)
    return JSON.parse(json)
  }

  async close(): Promise<void> {
    if (!this.#service.isRunning()) return
    await answered('the end of the session', this.#driver.quit()).finally(() => this.#service.kill())
  }
}

interface Outcome {
  json?: string
  error?: string
}

// Runs in its own task, so that busy work does not delay the end of the command.
const START = `
  const [id, expression] = arguments
  const { port1, port2 } = new MessageChannel()
  globalThis.outcomes ??= {}
  port1.onmessage = async () => {
    try {
      outcomes[id] = { json: await (0, eval)(expression) }
    } catch (error) {
      outcomes[id] = { error: String(error) }
    }
  }
  port2.postMessage(null)`
const TAKE = `
  const outcome = outcomes[arguments[0]] ?? null
  delete outcomes[arguments[0]]
  return outcome`
