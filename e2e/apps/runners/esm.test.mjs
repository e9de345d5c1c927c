import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { identityProof } from 'local-first-identity/express'
import * as testing from 'local-first-identity/testing'

import { judges, modules, throws } from './proofs.mjs'

test('import: a proof', () => judges({ verifyLocalFirstIdentityProof }, testing, expect))
test('import: a mistake', () => throws({ verifyLocalFirstIdentityProof }, expect))
test('import: a helper', () => expect(typeof identityProof).toBe('function'))
for (const name of modules) test(`import: ${name}`, async () => expect(Object.keys(await import(name))).not.toEqual([]))
