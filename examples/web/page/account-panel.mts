// "Account": signing up, in and out.

import { client } from './better-auth.mts'
import { accountJwt } from './data-token.mts'
import { deviceId } from './device.mts'
import { blame, button, byId, forgiveOnInput, form, input, onSubmit, say } from './dom.mts'
import { settleNotes } from './guest-panel.mts'
import { type Account, accountNow, endSession, refreshAccount, watchPerson } from './person.mts'
import { concludeSignUp } from './proof-panel.mts'
import { oneAtATime } from './runs.mts'
import { fieldOf, OFFLINE, type Refusal, sentenceOf, sentenceOfFailure } from './sentences.mts'

interface Answer {
  error: Refusal | null
}

const always = () => true
const runs = oneAtATime(
  new Map(['sign-up', 'sign-up-local', 'sign-in', 'sign-out'].map((id) => [button(id), always] as const)),
)

const FIELDS = ['name', 'email', 'password']
const fail = (sentence: string): void => say('account-error', sentence)

/** Does something that needs the server. If it does not work, shows why. */
const online = (work: () => Promise<unknown>): Promise<void> =>
  runs.run(async () => {
    fail('')
    for (const field of FIELDS) blame(field, '')
    if (!navigator.onLine) return fail(OFFLINE)
    try {
      await work()
    } catch (error) {
      fail(sentenceOfFailure(error))
    }
  })

/** Shows a refusal at the field that it is about, or else below the form. */
function refuse(error: Refusal): void {
  const field = fieldOf(error)
  if (field) blame(field, sentenceOf(error))
  else fail(sentenceOf(error))
}

async function finish({ error }: Answer): Promise<void> {
  if (error) return refuse(error)
  form('account-form').reset()
  await refreshAccount()
}

const fields = () => ({
  name: input('name').value.trim(),
  email: input('email').value.trim(),
  password: input('password').value,
})

/** Whether the browser accepts the text of these fields. If not, the browser shows what is missing. */
const complete = (...ids: string[]): boolean => ids.every((id) => input(id).reportValidity())

const signUp = () =>
  online(async () => {
    const answer: Answer = await client.signUp.email(fields())
    concludeSignUp(answer.error)
    await finish(answer)
  })

const signUpLocal = () =>
  complete('email') &&
  online(async () => {
    const pages = { callbackURL: '/', errorCallbackURL: '/' }
    const { error } = await client.signIn.social({ provider: 'local', loginHint: fields().email, ...pages })
    // Without an error, the browser is on its way to the provider.
    if (error) refuse(error)
  })

/** Returns the identity of a user, if they have one, and the owner of their notes. */
function ownerOf(user: { id: string; jazzId?: string | null | undefined }): [identity: string | null, owner: string] {
  const identity = user.jazzId ?? null
  return [identity, identity ?? user.id]
}

const signIn = () =>
  complete('email', 'password') &&
  online(async () => {
    const { email, password } = fields()
    const answer = await client.signIn.email({ email, password })
    if (answer.data) await settleNotes(...ownerOf(answer.data.user))
    await finish(answer)
  })

const ANOTHER =
  'This account has another identity than this device. You see the account’s notes; ' +
  'those of this device are kept, and come back when you sign out.'

function comparison({ identity }: Account, sub: string | undefined): string {
  if (identity === null) return 'This account has no identity: it was made without one. Its notes are its own.'
  if (identity !== deviceId()) return ANOTHER
  if (sub === undefined) return 'The account and this device have the same identity.'
  return sub === identity
    ? 'The account, its JWT and this device have the same identity: everything that you wrote before is yours.'
    : 'The account has this device’s identity, but its JWT has another one.'
}

function show(sub?: string): void {
  const account = accountNow()
  byId('guest', HTMLElement).hidden = account !== null
  byId('signed-in', HTMLElement).hidden = account === null
  const who = account ? `You are signed in as ${account.email}.` : 'You are a guest on this device.'
  say('who', deviceId() ? who : '')
  say('account-name', account ? `Signed in as ${account.name} (${account.email}).` : '')
  say('account-identity', account ? (account.identity ?? 'none') : '')
  say('jwt-sub', sub ?? '')
  say('account-match', account ? comparison(account, sub) : '')
}

async function showWithJwt(): Promise<void> {
  show()
  if (!accountNow() || !navigator.onLine) return
  const jwt = await accountJwt().catch(() => null)
  if (jwt && accountNow()?.owner === jwt.owner) show(jwt.sub)
}

/** Shows the error of a provider's redirect, once: a reload must not show it again. */
function showRedirectError(): void {
  const url = new URL(location.href)
  const code = url.searchParams.get('error')
  if (!code) return
  // Anyone can make such a link, so its words are not shown.
  fail(sentenceOf({ code: /^\w{1,40}$/.test(code) ? code : 'unknown' }))
  history.replaceState(null, '', url.pathname)
}

export function startAccount(): void {
  onSubmit('account-form', signUp)
  forgiveOnInput(...FIELDS)
  button('sign-up-local').addEventListener('click', signUpLocal)
  button('sign-in').addEventListener('click', signIn)
  button('sign-out').addEventListener('click', () => online(endSession))
  watchPerson(showWithJwt)
  addEventListener('online', showWithJwt)
  showRedirectError()
}
