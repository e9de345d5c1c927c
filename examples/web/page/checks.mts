// The list of the server's checks, in their order, and which of them a proof has passed.

import { byId } from './dom.mts'

/** docs/protocol.md, "The rules", and one-time use. Each sentence describes a proof that passes the check. */
const CHECKS = [
  ['missing', 'A proof was sent.'],
  ['too-long', 'It is no longer than 2,048 bytes.'],
  ['malformed', 'It is three parts of strict base64url and JSON, with no duplicate member.'],
  ['unsupported-algorithm', 'It is signed by EdDSA.'],
  ['unsupported-header', 'Its header has no unknown requirement.'],
  ['invalid-claims', 'It has exactly the six claims of the format.'],
  ['unknown-issuer', 'Its issuer is one that the server accepts.'],
  ['audience-mismatch', 'It was made for this audience.'],
  ['issued-in-future', 'It was not issued in the future.'],
  ['expired', 'It has not expired.'],
  ['ttl-too-long', 'It is not valid for too long.'],
  ['invalid-public-key', 'Its key is a valid Ed25519 key.'],
  ['subject-mismatch', 'Its user ID is the one of its key.'],
  ['invalid-signature', 'Its signature is valid.'],
  ['already-used', 'It was not used before.'],
] as const

type State = 'waiting' | 'passed' | 'failed'

const span = (name: string, text: string): HTMLSpanElement => {
  const element = document.createElement('span')
  element.className = name
  element.textContent = text
  return element
}

export function createChecks(): void {
  const items = CHECKS.map(([code, sentence], step) => {
    const item = document.createElement('li')
    item.dataset.code = code
    item.append(span('rule', sentence), span('state', ''))
    // The style sheet delays each check by this number of steps.
    item.style.setProperty('--step', String(step))
    return item
  })
  byId('checks', HTMLOListElement).replaceChildren(...items)
  showChecks()
}

function stateOf(index: number, failed: number, judged: boolean): State {
  if (!judged || (failed !== -1 && index > failed)) return 'waiting'
  return index === failed ? 'failed' : 'passed'
}

/**
 * Shows the server's verdict. Every check before the one that failed has passed, and those after it were not made.
 *
 * @param code - The check that failed; `null` if none did; `undefined` if there is no verdict.
 */
export function showChecks(code?: string | null): void {
  const failed = CHECKS.findIndex(([name]) => name === code)
  const judged = code === null || failed !== -1
  const items = byId('checks', HTMLOListElement).children
  for (const [index, item] of [...items].entries()) {
    const state = stateOf(index, failed, judged)
    ;(item as HTMLElement).dataset.state = state
    const label = item.querySelector('.state')
    // The server stops at the first check that fails.
    if (label) label.textContent = state === 'waiting' && judged ? 'not checked' : state
  }
}
