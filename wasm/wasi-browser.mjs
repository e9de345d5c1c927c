// For browsers. Bundlers learn what to ship by reading the URL.

import { load } from './addon.mjs'

const response = await fetch(new URL('./local-first-identity.wasm32-wasip1.wasm', import.meta.url))
if (!response.ok) throw new Error(`${response.url}: ${response.status}`)

export const {
  VERSION,
  createIdentityProofVerifier,
  deriveUserId,
  generateAuthSecret,
  jazzAccountId,
  mintLocalFirstToken,
  normalizeAudience,
  verifyLocalFirstIdentityProof,
  // Not compileStreaming, which needs a content type that not every server sends.
} = load(await WebAssembly.compile(await response.arrayBuffer()))
