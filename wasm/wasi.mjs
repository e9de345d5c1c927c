// For Node and other hosts with its file system. Bundled into CommonJS, so that it loads synchronously and with `require`.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { load } from './addon.mjs'

const bytes = readFileSync(join(__dirname, 'local-first-identity.wasm32-wasip1.wasm'))

export const {
  VERSION,
  createIdentityProofVerifier,
  deriveUserId,
  generateAuthSecret,
  jazzAccountId,
  mintLocalFirstToken,
  normalizeAudience,
  verifyLocalFirstIdentityProof,
} = load(new WebAssembly.Module(bytes))
