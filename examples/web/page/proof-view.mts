// The proof that is shown, and what the server has said of it.

import { showChecks } from './checks.mts'
import { countDown } from './countdown.mts'
import { say } from './dom.mts'
import { textOf } from './token-text.mts'

/** What the server has said: whose proof it is, or why not. */
export type Verdict = { id: string; code?: undefined } | { code: string; error: string }

/** Shows a proof that nobody has judged yet; `null` for none. */
export function showProof(token: string | null): void {
  const text = token === null ? null : textOf(token)
  say('proof-header', text ? JSON.stringify(text.header, null, 2) : '')
  say('proof-claims', text ? JSON.stringify(text.claims, null, 2) : '')
  say('proof-signature', text ? `${text.signature.slice(0, 12)} … ${text.signature.slice(-12)}` : '')
  countDown(text ? Number(text.claims.exp) : undefined)
  showChecks()
  say('verdict', '')
}

function sentenceOf(verdict: Verdict): string {
  if (verdict.code === undefined) return `Accepted: the server knows this device as ${verdict.id}.`
  return `Refused: ${verdict.error} (${verdict.code})`
}

/** @param remark - A sentence to go with what the server has said. */
export function showVerdict(verdict: Verdict, remark = ''): void {
  showChecks(verdict.code ?? null)
  say('verdict', `${sentenceOf(verdict)} ${remark}`.trim())
}

/** Says why there is no verdict. */
export const showNoVerdict = (why: string): void => say('verdict', why)
