// `npm run demo`: shows what the package does, with the app in examples/better-auth, over HTTP. Exits with 0 only if every
// step has the expected result.

import { readFileSync } from 'node:fs'

import { createRemoteJWKSet, jwtVerify } from 'jose'
import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import { createDevice, type Device } from './better-auth/device.mts'
import { accepted, conclude, fact, refused, step, title } from './report.mts'
import { startExample } from './start-example.mts'

interface ProofVector {
  audience: string
  issuedAt: number
  userId: string
  token: string
}

interface Answer {
  status: number
  code?: string
  reason?: string
  user?: { id: string; jazzId: string | null }
}

const NOTE = 'written before there was an account'
const password = 'correct horse battery'
const shorten = (text: string) => (text.length > 20 ? `${text.slice(0, 12)}... (${text.length} characters)` : text)

function showRecorded(): void {
  title('Proofs recorded from the existing implementation, at the time they were minted')
  const path = new URL('../vectors/tokens.json', import.meta.url)
  const recorded: ProofVector[] = JSON.parse(readFileSync(path, 'utf8'))
  for (const { token, audience, issuedAt, userId } of recorded) {
    const { id, code } = verifyLocalFirstIdentityProof(token, audience, { now: issuedAt })
    step(`for ${shorten(audience)}`, id ?? code, userId, id ? accepted(id) : refused(String(code)))
  }
}

/** Uses the app on a device, without an account. */
async function writeFirst(device: Device): Promise<void> {
  fact('secret', 'never shown, never sent')
  fact('identity, made on the device', device.identity)
  const { status, userId } = await device.notes(device.syncToken(), NOTE)
  step('a note, with a token the device signs', [status, userId], [200, device.identity], `kept for  ${userId}`)
}

/** Shows the identity that the server has for the new account. */
async function showAccount(device: Device, origin: string): Promise<void> {
  const { data } = await device.client.getSession()
  step('the identity in the session: jazzId', data?.user.jazzId, device.identity)
  const jwt = (await device.client.token()).data?.token ?? ''
  const jwks = createRemoteJWKSet(new URL('/api/auth/jwks', origin))
  const { payload } = await jwtVerify(jwt, jwks, { issuer: origin, audience: origin })
  step('the JWT, checked against the JWKS: sub', payload.sub, device.identity)
  const { status, text } = await device.notes(jwt)
  step('the note of before, with this JWT', [status, text], [200, NOTE], `200 "${text}"`)
}

async function showEmail(origin: string): Promise<Device> {
  title('A device, and a sign-up by e-mail')
  const device = createDevice(origin)
  await writeFirst(device)
  const { error } = await device.client.signUp.email({ name: 'Ada', email: 'ada@example.com', password })
  step('sign-up with a proof', error?.code ?? 'accepted', 'accepted')
  await showAccount(device, origin)
  return device
}

async function showSocial(origin: string): Promise<void> {
  title('Another device, and a sign-up through a social provider')
  const device = createDevice(origin)
  await writeFirst(device)
  const loginHint = 'grace@example.com'
  const { data, error } = await device.client.signIn.social({ provider: 'local', loginHint, callbackURL: '/' })
  const url = data?.url ?? ''
  step('sign-in with a proof', error?.code ?? (url && 'a redirect'), 'a redirect', `to ${url.split('?')[0]}`)
  const { response } = await device.open(url)
  step('to the provider, and back to the app', response?.status, 200)
  await showAccount(device, origin)
}

/** The status of every response to a stranger, for the last step. */
const statuses: number[] = []

/** Sends a request as a stranger would, without Better Auth's client. */
async function post(device: Device, origin: string, path: string, body: object): Promise<Answer> {
  const response = await device.fetch(`${origin}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  statuses.push(response.status)
  return { status: response.status, ...((await response.json().catch(() => null)) as object | null) }
}

let people = 0
const signUp = (device: Device, origin: string, body: object) =>
  post(device, origin, '/sign-up/email', { name: 'M', email: `person${++people}@example.com`, password, ...body })

function mustRefuse(what: string, { status, code, reason }: Answer, ...expected: [number, string, string?]): void {
  const seen = [status, code, reason].filter((part) => part !== undefined)
  step(what, seen, expected, refused(seen.join(' ')))
}

async function showReplay(origin: string): Promise<void> {
  title('A proof is good for one use')
  const device = createDevice(origin)
  const proofToken = device.proof()
  const first = await signUp(device, origin, { proofToken })
  step('its first use', first.user?.jazzId, device.identity, accepted(String(first.user?.jazzId)))
  const { error } = await device.client.deleteUser({ password })
  step('the account is deleted', error?.code ?? 'deleted', 'deleted')
  mustRefuse('the same proof again', await signUp(device, origin, { proofToken }), 409, 'PROOF_ALREADY_USED')
  const again = await signUp(device, origin, { proofToken: device.proof(59) })
  step('another proof of that device', again.user?.jazzId, device.identity, accepted(String(again.user?.jazzId)))
}

/** Changes one letter in the middle of the signature. */
function forge(proof: string): string {
  const at = proof.length - 40
  return proof.slice(0, at) + (proof[at] === 'A' ? 'B' : 'A') + proof.slice(at + 1)
}

async function showAttacks(origin: string, victim: Device): Promise<void> {
  title("Strangers who want the first person's identity")
  const attempt = (body: object) => signUp(createDevice(origin), origin, body)
  const forged = await attempt({ proofToken: forge(victim.proof()) })
  mustRefuse("the person's proof with one byte changed", forged, 400, 'INVALID_PROOF', 'invalid-signature')
  const stolen = await attempt({ proofToken: victim.syncToken() })
  mustRefuse("the person's token for data as a proof", stolen, 400, 'INVALID_PROOF', 'audience-mismatch')
  const second = await attempt({ proofToken: victim.proof(59) })
  mustRefuse("the person's own new proof, second account", second, 409, 'IDENTITY_ALREADY_LINKED')
  mustRefuse('jazzId in the body', await attempt({ jazzId: victim.identity }), 400, 'FIELD_NOT_ALLOWED')
  for (const name of ['id', 'provedUserId']) {
    const { status, user } = await attempt({ [name]: victim.identity })
    const seen = [status, user?.jazzId, user?.id === victim.identity]
    step(`${name} in the body`, seen, [200, null, false], `ignored   ${status}, a user without any identity`)
  }
}

async function showStrangers(origin: string): Promise<void> {
  title('Sign-up bodies from strangers')
  for (const proofToken of [42, ['x'], {}]) {
    const answer = await signUp(createDevice(origin), origin, { proofToken })
    mustRefuse(`{ …, "proofToken": ${JSON.stringify(proofToken)} }`, answer, 400, 'INVALID_PROOF', 'malformed')
  }
  const empty = await post(createDevice(origin), origin, '/sign-up/email', {})
  mustRefuse('{}', empty, 400, 'VALIDATION_ERROR')
  const faults = statuses.filter((status) => status >= 500).length
  step('server errors in all of this', faults, 0)
}

showRecorded()
const example = await startExample()
try {
  const victim = await showEmail(example.origin)
  await showSocial(example.origin)
  await showReplay(example.origin)
  await showAttacks(example.origin, victim)
  await showStrangers(example.origin)
} finally {
  await example.stop()
}
if (!conclude()) {
  console.log(example.printed())
  process.exitCode = 1
}
