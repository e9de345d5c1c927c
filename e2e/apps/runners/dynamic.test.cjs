test('await import(): a proof', async () => {
  const { judges, throws } = await import('./proofs.mjs')
  const addon = require('local-first-identity')
  judges(addon, await import('local-first-identity/testing'), expect)
  throws(addon, expect)
  expect(typeof (await import('local-first-identity/express')).identityProof).toBe('function')
})
