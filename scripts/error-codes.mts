// npm run docs:errors: writes docs/errors.md, the table of all codes, from the sources that declare them.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { LOCAL_FIRST_IDENTITY_ERROR_CODES } from 'local-first-identity/better-auth'
import { badProof } from 'local-first-identity/testing'

import { refusal } from '../integrations/better-auth/error.mts'
import { answerTo, type RefusalCode } from '../server/refusal.mts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The codes that the docstring of a type lists, each with what it means. */
export function documentedCodes(path: string, type: string): [code: string, meaning: string][] {
  const source = readFileSync(root + path, 'utf8')
  const docstrings = source.matchAll(/\/\*\*\n((?: \*.*\n)+?) \*\/\nexport type (\w+) =/g)
  const [, docstring = ''] = [...docstrings].find(([, , name]) => name === type) ?? []
  const text = docstring.replaceAll(/^ \* ?/gm, '')
  return Array.from(text.matchAll(/^- `([\w-]+)`: ((?:.*)(?:\n {2}.*)*)/gm), ([, code = '', meaning = '']) => [
    code,
    meaning.replaceAll(/\s*\n\s*/g, ' '),
  ])
}

const table = (...[head, ...rows]: string[][]): string =>
  [head, head?.map(() => '---'), ...rows].map((cells) => `| ${cells?.join(' | ')} |`).join('\n')

const code = (text: string) => `\`${text}\``

/** The codes of a type, with what they mean. */
const codeTable = (path: string, type: string): string =>
  table(['`code`', 'meaning'], ...documentedCodes(path, type).map(([name, meaning]) => [code(name), meaning]))

function httpTable(): string {
  const audience = 'docs-errors'
  const proofs = documentedCodes('src/types.d.ts', 'ProofErrorCode')
  const more = documentedCodes('server/refusal.mts', 'RefusalCode')
  const row = ([name, meaning]: [string, string]) => {
    const { status, headers } = answerTo({ ok: false, code: name as RefusalCode, error: '' }, null)
    const challenge = headers['www-authenticate']?.match(/error="(\w+)"/)?.[1]
    return [code(name), String(status), challenge ? code(challenge) : (headers['www-authenticate'] ?? 'none'), meaning]
  }
  // The list must be the addon's own.
  for (const [name] of proofs) {
    const verdict = verifyLocalFirstIdentityProof(badProof(name as never, audience), audience)
    if (verdict.ok || verdict.code !== name) throw new Error(`the addon has no code ${name}`)
  }
  return table(['`code`', 'status', 'challenge', 'meaning'], ...[...proofs, ...more].map(row))
}

function betterAuthTable(): string {
  const source = readFileSync(`${root}integrations/better-auth/error-codes.mts`, 'utf8')
  const rows = Object.entries(LOCAL_FIRST_IDENTITY_ERROR_CODES).map(([name, { message }]) => {
    const [, meaning = ''] = source.match(new RegExp(`/\\*\\* \\d+: (.*?)\\.? \\*/\\n  ${name}:`)) ?? []
    return [code(name), String(refusal(name as never).statusCode), message, meaning]
  })
  return table(['`code`', 'status', '`message`', 'meaning'], ...rows)
}

/** The whole document. */
export const errorsDocument = (): string => `# Errors

Every error has a \`code\` for programs and a sentence for people. \`npm run docs:errors\` makes these tables from the source.
A published code keeps its meaning; a minor version may add codes. No sentence repeats anything from a request or a secret.

## Refused proofs and requests

\`verifyLocalFirstIdentityProof\` returns the codes up to \`invalid-signature\`, and throws for none of them. Up to that code the
token is unauthenticated, so the codes are for debugging only. Express, Fastify, Hono and plain requests answer with the
status and the challenge (RFC 6750). [http.md](http.md#refusals) has the form of the response.

${httpTable()}

## Better Auth

The plugin's responses. \`LOCAL_FIRST_IDENTITY_ERROR_CODES\` has them on the server and in the client.

${betterAuthTable()}

## The client's stores

The \`code\` of an \`AuthSecretStoreError\`.

${codeTable('client/secrets/secret-store.mts', 'AuthSecretStoreErrorCode')}

## Recovery phrases

The \`code\` of a \`RecoveryPhraseError\`.

${codeTable('client/backup/phrase-error.mts', 'RecoveryPhraseErrorCode')}

## Passkeys

The \`code\` of a \`PasskeyBackupError\`.

${codeTable('client/backup/passkey-error.mts', 'PasskeyBackupErrorCode')}

## Accounts of Jazz

The \`code\` of an \`AccountRegistryError\`. The names are those of Jazz, from 2.0.0-alpha.54 on.

${codeTable('jazz/registry-error.mts', 'AccountRegistryErrorCode')}

## Stores of used proofs

The \`code\` of a \`StoreError\`.

${codeTable('stores/store.mts', 'StoreErrorCode')}

## Arguments

An argument or option of your own code is wrong. The message names it.

${codeTable('common/errors.mts', 'ArgumentErrorCode')}

## Faults

Your server's error handler gets these. They say nothing about a request.

${codeTable('common/errors.mts', 'FaultCode')}
`

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(`${root}docs/errors.md`, errorsDocument())
