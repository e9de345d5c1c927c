// The main job on real input: `npm run demo`. Exits with 0 only if every verdict is the right one.

import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'

import {
  deriveUserId,
  generateAuthSecret,
  mintLocalFirstToken,
  type ProofErrorCode,
  type VerifyOptions,
  verifyLocalFirstIdentityProof,
} from 'local-first-identity'

interface ProofVector {
  secret: string
  audience: string
  issuedAt: number
  userId: string
  token: string
}

const colours = process.stdout.isTTY && process.stdout.hasColors()
const paint = (colour: Parameters<typeof styleText>[0], text: string) => (colours ? styleText(colour, text) : text)
const title = (text: string) => console.log(`\n${paint('bold', text)}`)
/** East Asian letters take two columns of a terminal. */
const pad = (text: string, columns: number) => text.padEnd(columns - (text.match(/[\u2e80-\uffdc]/g)?.length ?? 0))
let wrong = 0

/** Shows one proof and the verdict on it; `expected` is a user ID or the code of a rejection. */
function show(what: string, token: unknown, audience: string, expected: string, options?: VerifyOptions): void {
  const { ok, id, error, code } = verifyLocalFirstIdentityProof(token, audience, options)
  const right = (ok ? id : code) === expected
  if (!right) wrong++
  const verdict = ok ? paint('green', `accepted  ${id}`) : paint('yellow', `refused   ${code}: ${error}`)
  console.log(`  ${right ? paint('green', '✓') : paint('red', '✗')} ${pad(what, 34)} ${verdict}`)
  if (!right) console.log(paint('red', `    expected ${expected}`))
}

title('Tokens recorded from the existing implementation, at the time they were minted')
const recorded: ProofVector[] = JSON.parse(
  readFileSync(new URL('../tests/vectors/tokens.json', import.meta.url), 'utf8'),
)
for (const { token, audience, issuedAt, userId } of recorded) {
  const name = audience.length > 20 ? `${audience.slice(0, 12)}... (${audience.length} characters)` : audience
  show(`for ${name}`, token, audience, userId, { now: issuedAt })
}

title('A new identity, made on this device a moment ago')
const secret = generateAuthSecret()
const userId = deriveUserId(secret)
const proofToken = mintLocalFirstToken(secret, 'my-app-signup', 60)
console.log(`  secret     ${paint('dim', 'never shown, never sent')}`)
console.log(`  user ID    ${userId}`)
console.log(`  proof      ${paint('dim', `${proofToken.slice(0, 40)}… (${proofToken.length} bytes)`)}`)
show('the proof, on time', proofToken, 'my-app-signup', userId)

title('The same proof, where it must not pass')
const refused = (what: string, token: unknown, audience: string, code: ProofErrorCode, options?: VerifyOptions) =>
  show(what, token, audience, code, options)
const now = Math.floor(Date.now() / 1000)
const middle = proofToken.length - 40
const changed = proofToken.slice(0, middle) + (proofToken[middle] === 'A' ? 'B' : 'A') + proofToken.slice(middle + 1)
refused('61 seconds later', proofToken, 'my-app-signup', 'expired', { now: now + 61 })
refused('at another app', proofToken, 'another-app-signup', 'audience-mismatch')
refused('with one byte changed', changed, 'my-app-signup', 'invalid-signature')

title('Sign-up bodies from strangers')
refused('{ "proofToken": 42 }', JSON.parse('{ "proofToken": 42 }').proofToken, 'my-app-signup', 'malformed')
refused('{ "proofToken": ["…"] }', { proofToken: [proofToken] }.proofToken, 'my-app-signup', 'malformed')
refused('{}', JSON.parse('{}').proofToken, 'my-app-signup', 'missing')

console.log(
  wrong === 0 ? `\n${paint('green', 'Every verdict is right.')}` : `\n${paint('red', `${wrong} wrong verdicts.`)}`,
)
process.exitCode = wrong === 0 ? 0 : 1
