// "Proof": mints good and bad proofs, and shows the server's verdict on them.

import { generateAuthSecret, getLocalFirstIdentityProof } from 'local-first-identity/client'

import { PANEL_AUDIENCE } from '../audiences.mts'
import { watchSignUpProofs } from './better-auth.mts'
import { createChecks } from './checks.mts'
import { deviceId, mintProof } from './device.mts'
import { button } from './dom.mts'
import { watchPerson } from './person.mts'
import { showNoVerdict, showProof, showVerdict, startProofView, type Verdict } from './proof-view.mts'
import { oneAtATime } from './runs.mts'
import { OFFLINE, type Refusal, sentenceOfFailure } from './sentences.mts'
import { textOf, withClaims } from './token-text.mts'

/** The last proof that the server has accepted: what an eavesdropper would have. */
let accepted: string | null = null
let shownFor: string | null = null

const expiryOf = (token: string): number => Number(textOf(token).claims.exp) * 1000
const until = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time - Date.now()))

async function judge(token: string): Promise<Verdict> {
  const headers = { 'X-Local-First-Proof': token }
  const response = await fetch('/proofs', { method: 'POST', headers, signal: AbortSignal.timeout(15_000) })
  const { id, code, error } = await response.json().catch(() => ({}))
  if (response.ok && typeof id === 'string') return { id }
  if (!response.ok && typeof code === 'string') return { code, error }
  throw new Error('The server has a fault. Try again later.')
}

async function send(token: string): Promise<void> {
  if (!navigator.onLine) return showNoVerdict(OFFLINE)
  const verdict = await judge(token)
  // The device has another identity by now, and the panel has been cleared.
  if (shownFor !== deviceId()) return
  if (verdict.code === undefined) accepted = token
  showVerdict(verdict)
}

async function mint(ttlSeconds?: number): Promise<string> {
  const token = await mintProof(PANEL_AUDIENCE, ttlSeconds)
  showProof(token)
  return token
}

async function mintAndSend(): Promise<void> {
  await send(await mint())
}

async function sendAgain(): Promise<void> {
  if (accepted === null) return
  showProof(accepted)
  await send(accepted)
}

/** Forges a proof, as a thief who has seen one could: with its claims, but signed with the thief's own key. */
async function forge(): Promise<void> {
  const { sub, jazz_pub_key } = textOf(await mintProof(PANEL_AUDIENCE)).claims
  const theirs = getLocalFirstIdentityProof({ secret: generateAuthSecret(), audience: PANEL_AUDIENCE })
  const forged = withClaims(theirs, { sub, jazz_pub_key })
  showProof(forged)
  await send(forged)
}

async function sendLate(): Promise<void> {
  const token = await mint(2)
  showNoVerdict('Minted for two seconds. It is sent once it has expired …')
  await until(expiryOf(token) + 250)
  await send(token)
}

const canMint = () => deviceId() !== null
const hasAccepted = () => accepted !== null
const WORK = new Map([
  [button('mint'), { work: mintAndSend, canWork: canMint }],
  [button('send-again'), { work: sendAgain, canWork: hasAccepted }],
  [button('forge'), { work: forge, canWork: canMint }],
  [button('send-late'), { work: sendLate, canWork: canMint }],
])
const runs = oneAtATime(new Map([...WORK].map(([element, { canWork }]) => [element, canWork])))

/** Shows what happened to the proof of a sign-up, if Better Auth's response tells. */
export function concludeSignUp(error: Refusal | null): void {
  const id = deviceId()
  const code = error?.code === 'PROOF_ALREADY_USED' ? 'already-used' : error?.reason
  if (!error && id) showVerdict({ id }, 'It went with the sign-up. Mint another to try the rest.')
  else if (code) showVerdict({ code, error: error?.message ?? '' })
  else showNoVerdict('This proof went with a sign-up that the server refused for another reason.')
}

export function startProof(): void {
  createChecks()
  startProofView()
  showProof(null)
  for (const [element, { work }] of WORK) {
    const attempt = () => work().catch((error) => showNoVerdict(sentenceOfFailure(error)))
    element.addEventListener('click', () => runs.run(attempt))
  }
  watchSignUpProofs(showProof)
  watchPerson(() => {
    if (shownFor !== deviceId()) {
      accepted = null
      showProof(null)
    }
    shownFor = deviceId()
    runs.update()
  })
}
