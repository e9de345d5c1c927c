// A browser that tests drive, the same way in each engine.

export interface TestBrowser {
  version: string
  newProfile(): Promise<Profile>
  close(): Promise<void>
}

/** Tabs that share a storage, which no other profile has. */
export interface Profile {
  newTab(url: string): Promise<Tab>
  /** Closes its tabs, forgets what they kept, and unplugs their authenticators. Once more, it does nothing. */
  close(): Promise<void>
}

export interface Tab {
  readonly profile: Profile
  /**
   * Runs code in the page. It goes there as text, so it sees nothing of the test but its argument.
   *
   * @param work - A function, or a text that is evaluated.
   * @param argument - What the function is called with: anything that JSON has.
   * @returns What the function gives or promises, as JSON has it; `null` in place of `undefined`.
   * @throws Error with the text of what the page threw.
   */
  evaluate<Result = unknown>(work: string): Promise<Result>
  evaluate<Result, Argument = undefined>(
    work: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Awaited<Result>>
  reload(): Promise<void>
  /** @throws Error where the browser has no passkeys. */
  plugIn(options?: AuthenticatorOptions): Promise<VirtualAuthenticator>
}

/** What `evaluate` takes. */
export type Work = string | ((argument: never) => unknown)

/** An expression for a page. Its value is the JSON of what the work gives, or a promise of that. */
export function expressionOf(work: Work, argument: unknown): string {
  // tsx compiles functions so that they call `__name` on those inside of them.
  const called = `{ const __name = (named) => named; (${work})(${JSON.stringify(argument) ?? ''}) }`
  const source = JSON.stringify(typeof work === 'string' ? work : called)
  return `Promise.resolve((0, eval)(${source})).then((value) => JSON.stringify(value) ?? 'null')`
}

export interface AuthenticatorOptions {
  /** Whether it has the PRF extension. */
  hasPrf?: boolean
  /** Whether it has the large blob extension. */
  hasLargeBlob?: boolean
  /** Whether it finds that its owner uses it. */
  isUserVerified?: boolean
}

export interface Credential {
  credentialId: string
  userHandle: Buffer
  largeBlob: Buffer | undefined
  /** Chromium alone tells the names. */
  userName: string | undefined
  userDisplayName: string | undefined
}

/** An authenticator as a platform has one, with a person who agrees to everything. */
export interface VirtualAuthenticator {
  credentials(): Promise<Credential[]>
  /** Adds a passkey, as one that was made elsewhere comes to a device. */
  add(userHandle: Buffer): Promise<void>
  /** Whether it finds from now on that its owner uses it. */
  setUserVerified(isUserVerified: boolean): Promise<void>
  unplug(): Promise<void>
}
