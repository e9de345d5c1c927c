// What a test of someone's app does with the package; `expect` is the runner's.

export const modules = ['express', 'fastify', 'fetch', 'stores', 'testing', 'client'].map(
  (name) => `local-first-identity/${name}`,
)

export function judges({ verifyLocalFirstIdentityProof }, { identities, proofFor }, expect) {
  const proof = proofFor('my-app-signup', { identity: identities.bob })
  expect(verifyLocalFirstIdentityProof(proof, 'my-app-signup').id).toBe(identities.bob.userId)
}

/** The addon's errors are of another realm than a test's in Jest and in Vitest's `vmThreads`. */
export function throws({ verifyLocalFirstIdentityProof }, expect) {
  const call = () => verifyLocalFirstIdentityProof('', '')
  expect(call).toThrow(expect.objectContaining({ name: 'TypeError' }))
}
