import { uuidOf } from '../common/audience.mts'
import { typeError, valueError } from '../common/errors.mts'
import { founderAccount } from '../common/founder-account.mts'
import { checkCount, checkFunction, checkText, ownOptions } from '../common/options.mts'
import { type Assignment, isUuid, type LinkIntent, readAssignment, readIntent } from './answer.mts'
import { type Answer, post } from './post.mts'
import { checkPrincipal, type Principal, principalOf } from './principal.mts'
import { AccountRegistryError, answerError } from './registry-error.mts'
import { appUrl } from './registry-url.mts'

/** The options of `createAccountRegistry`. */
export interface AccountRegistryOptions {
  /** The URL of the Jazz server, http(s) or ws(s), without user info, query and hash. */
  serverUrl: string
  /** The app's ID in Jazz. */
  appId: string
  /** How long to wait for a whole answer, in milliseconds, up to 300,000. Default: 30,000. */
  timeout?: number
  /** Sends the requests. Default: the global `fetch`. */
  fetch?: typeof fetch
}

/**
 * The accounts of an app at a Jazz server, from 2.0.0-alpha.54 on. Each function sends one request, and rejects with an
 * `AccountRegistryError` if the registry does not do what it was asked, or a `TypeError` naming a wrong argument.
 *
 * There is no `register` and no `login-or-register`: an identity that they register has an account of its own for ever, and
 * cannot be linked to a guest's account any more.
 */
export interface AccountRegistry {
  /**
   * Founds the account of a device's identity. Founding again returns the same account.
   *
   * @param token - The device's token for the app: `getLocalFirstToken({ secret, appId })`.
   */
  foundLocalFirst(token: string): Promise<Assignment>
  /**
   * Requests that an identity of a provider may join the account of the token's identity. Not safe to repeat once the identity
   * was linked: the code is then `identity_already_assigned`, and `login` returns the account.
   *
   * @param token - A token of any identity that the account has, usually the device's.
   * @param identity - The `iss` and `sub` of the provider's tokens.
   */
  requestLink(token: string, identity: Principal): Promise<LinkIntent>
  /**
   * Joins the account that the link was requested for. Safe to repeat, also after the nonce has expired.
   *
   * @param token - The provider's JWT of the identity that the link was requested for.
   * @param nonce - From `requestLink`.
   */
  acceptLink(token: string, nonce: string): Promise<Assignment>
  /**
   * Returns the account of the token's identity. Never registers one: the code is then `identity_not_assigned`.
   *
   * @param token - A token of the device or of a provider.
   */
  login(token: string): Promise<Assignment>
  /**
   * Returns the account of any identity. For servers only.
   *
   * @param identity - The `iss` and `sub` of its tokens.
   * @param adminSecret - The admin secret of the app.
   */
  resolve(identity: Principal, adminSecret: string): Promise<Assignment>
}

const NAME = 'createAccountRegistry'
const LONGEST_MS = 300_000
const LOCAL_FIRST = 'urn:jazz:local-first'
/** What a header can carry: visible ASCII. */
const VISIBLE = /^[\x21-\x7e]+$/

function checkHeader(argument: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw typeError(`${argument} must be a string`)
  if (!VISIBLE.test(value)) throw valueError(`${argument} must be visible ASCII characters, at least one`)
}

/**
 * Makes the client of an app's account registry. It keeps nothing and sends nothing by itself.
 *
 * @throws TypeError or RangeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`) naming the option.
 * @example
 * const registry = createAccountRegistry({ serverUrl: 'https://jazz.example', appId: 'my-app' })
 * const { account } = await registry.login(jwt)
 */
export function createAccountRegistry(options: AccountRegistryOptions): AccountRegistry {
  const own = ownOptions(NAME, options, ['serverUrl', 'appId', 'timeout', 'fetch'])
  const { serverUrl, appId, timeout = 30_000, fetch: send = globalThis.fetch } = own
  checkText(NAME, 'serverUrl', serverUrl)
  checkText(NAME, 'appId', appId)
  checkCount(NAME, 'timeout', timeout, LONGEST_MS)
  checkFunction(NAME, 'fetch', send)
  const app = appUrl(NAME, serverUrl, appId)
  const appUuid = uuidOf('appId', appId)

  async function ask(path: string, headers: Record<string, string>, body?: object): Promise<Answer> {
    // Called without a receiver: a browser's `fetch` accepts no other one than its window.
    const answer = await post({
      url: `${app}/${path}`,
      headers,
      body,
      send: (...request) => send(...request),
      milliseconds: timeout,
    })
    if (answer.status !== 200) throw answerError(answer.status, answer.body)
    return answer
  }

  function askAs(token: string, operation: string, body?: object): Promise<Answer> {
    return ask(`accounts/${operation}`, { authorization: `Bearer ${token}` }, body)
  }

  async function assignmentOf(token: string, operation: string, body?: object): Promise<Assignment> {
    checkHeader('token', token)
    const asked = principalOf(token)
    const answer = await askAs(token, operation, body)
    const assignment = readAssignment(answer.status, answer.body, asked)
    // Only the device's own account is known beforehand. An identity may also have joined another's account.
    const isFounded = operation === 'found-local-first' && asked.issuer === LOCAL_FIRST
    if (isFounded && assignment.account !== founderAccount(appUuid, asked.subject))
      throw new AccountRegistryError('founding_account_mismatch', answer.status)
    return assignment
  }

  return {
    foundLocalFirst: (token) => assignmentOf(token, 'found-local-first'),
    login: (token) => assignmentOf(token, 'login'),
    async acceptLink(token, nonce) {
      if (typeof nonce !== 'string') throw typeError('nonce must be a string')
      if (!isUuid(nonce)) throw valueError('nonce must be a UUID in lower case, with hyphens')
      return assignmentOf(token, 'links/accept', { nonce })
    },
    async requestLink(token, identity) {
      checkHeader('token', token)
      const answer = await askAs(token, 'links/request', { identity: checkPrincipal(identity) })
      return readIntent(answer.status, answer.body)
    },
    async resolve(identity, adminSecret) {
      checkHeader('adminSecret', adminSecret)
      const asked = checkPrincipal(identity)
      const answer = await ask('admin/accounts/resolve', { 'x-jazz-admin-secret': adminSecret }, { identity: asked })
      return readAssignment(answer.status, answer.body, asked)
    },
  }
}
