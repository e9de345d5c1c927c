test('require: a helper', () => {
  expect(typeof require('local-first-identity/express').identityProof).toBe('function')
})
