// Backups to passkeys, in the tabs of a browser.

import type { AuthenticatorOptions, Tab, VirtualAuthenticator } from './test-browser.mts'

export type Called = { value: string } | { code: string; cause: string | null }

export const bytesOf = (secret: string): Buffer => Buffer.from(secret, 'base64url')
export const options = { appName: 'An app' }
export const both = { hasPrf: true, hasLargeBlob: true }

/** A tab of a profile of its own, with an authenticator. */
export async function newDevice(
  newTab: () => Promise<Tab>,
  has: AuthenticatorOptions = {},
): Promise<{ tab: Tab; authenticator: VirtualAuthenticator }> {
  const tab = await newTab()
  return { tab, authenticator: await tab.plugIn(has) }
}

export const call = (
  tab: Tab,
  method: 'backup' | 'restore',
  args: string[] = [],
  passkeys: { appName: string; appHostname?: string } = options,
): Promise<Called> =>
  tab.evaluate(
    async ({ method, args, passkeys }): Promise<Called> => {
      const backup = new exported.BrowserPasskeyBackup(passkeys)
      const [secret = '', name = ''] = args
      try {
        return { value: await (method === 'backup' ? backup.backup(secret, name) : backup.restore()) }
      } catch (error) {
        if (!(error instanceof exported.PasskeyBackupError)) throw error
        return { code: error.code, cause: (error.cause as Error | undefined)?.name ?? null }
      }
    },
    { method, args, passkeys },
  )

/** Changes what the browser says of the extensions of a passkey. */
export const changeResults = (tab: Tab, change: string): Promise<void> =>
  tab.evaluate((change) => {
    const { getClientExtensionResults: results } = PublicKeyCredential.prototype
    PublicKeyCredential.prototype.getClientExtensionResults = function () {
      const { prf, largeBlob } = results.call(this)
      new Function('prf', 'largeBlob', change)(prf, largeBlob)
      return { ...(prf && { prf }), ...(largeBlob && { largeBlob }) }
    }
  }, change)
