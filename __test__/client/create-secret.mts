// A process that creates a secret when told to, as others do at the same time.

import { FileAuthSecretStore } from 'local-first-identity/client/node'

const store = new FileAuthSecretStore(process.argv[2] ?? '')
process.once('message', async () => {
  process.send?.(await store.getOrCreateSecret())
  process.disconnect?.()
})
process.send?.('ready')
