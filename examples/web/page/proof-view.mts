// Shows a proof, and the server's verdict on it.

import { showChecks } from './checks.mts'
import { countDown } from './countdown.mts'
import { byId, copyOnClick, say } from './dom.mts'
import { textOf } from './token-text.mts'

/** The server's verdict: the user ID of the proof, or why the proof was refused. */
export type Verdict = { id: string; code?: undefined } | { code: string; error: string }

/** The proof that is shown, for the button that copies it. */
let shown = ''

export const startProofView = (): void => copyOnClick('copy-proof', () => shown)

/** Shows a proof that the server has not verified yet; `null` for none. */
export function showProof(token: string | null): void {
  shown = token ?? ''
  byId('last-proof', HTMLElement).hidden = token === null
  const text = token === null ? null : textOf(token)
  say('proof-header', text ? JSON.stringify(text.header, null, 2) : '')
  say('proof-claims', text ? JSON.stringify(text.claims, null, 2) : '')
  say('proof-signature', text ? `${text.signature.slice(0, 12)} … ${text.signature.slice(-12)}` : '')
  countDown(text ? Number(text.claims.exp) : undefined)
  showChecks()
  showNoVerdict('')
}

/** Colours the verdict. Its words say the same. */
function mark(kind: 'accepted' | 'refused' | null): void {
  const { dataset } = byId('verdict', HTMLElement)
  if (kind) dataset.kind = kind
  else delete dataset.kind
}

function sentenceOf(verdict: Verdict): string {
  if (verdict.code === undefined) return `Accepted: the server knows this device as ${verdict.id}.`
  return `Refused: ${verdict.error} (${verdict.code})`
}

/** @param remark - A sentence to show after the verdict. */
export function showVerdict(verdict: Verdict, remark = ''): void {
  showChecks(verdict.code ?? null)
  mark(verdict.code === undefined ? 'accepted' : 'refused')
  say('verdict', `${sentenceOf(verdict)} ${remark}`.trim())
}

/** Says why there is no verdict. */
export function showNoVerdict(why: string): void {
  mark(null)
  say('verdict', why)
}
