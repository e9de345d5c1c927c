// The stores in the tabs of a browser.

import assert from 'node:assert/strict'

import type { Tab } from './test-browser.mts'

export type StoreName = 'BrowserAuthSecretStore' | 'IndexedDBAuthSecretStore'
type Called = { value: string | null } | { error: string; code: string | null }

/** Calls one method of a store in a tab. */
export const call = (tab: Tab, name: StoreName, method: string, args: unknown[] = [], scope = {}): Promise<Called> =>
  tab.evaluate(
    async ({ name, method, args, scope }): Promise<Called> => {
      const store = new exported[name](scope) as unknown as Record<
        string,
        (...args: unknown[]) => Promise<string | null>
      >
      try {
        return { value: (await store[method]?.(...args)) ?? null }
      } catch (error) {
        const { name, message, code = null } = error as Error & { code?: string }
        return { error: `${name}: ${message}`, code }
      }
    },
    { name, method, args, scope },
  )

/** Longer than it takes to tell four tabs what to do. */
const LEAD_MS = 100

/** Calls one method of a store in each of several tabs, at the same time by the clock. */
export function atOnce(
  name: StoreName,
  scope: object,
  calls: readonly (readonly [tab: Tab, method: string, ...args: string[]])[],
): Promise<(string | null)[]> {
  const at = Date.now() + LEAD_MS
  return Promise.all(
    calls.map(([tab, method, ...args]) =>
      tab.evaluate(
        async ({ name, method, scope, args, at }) => {
          const store = new exported[name](scope) as unknown as Record<
            string,
            (...args: string[]) => Promise<string | null>
          >
          while (Date.now() < at);
          return (await store[method]?.(...args)) ?? null
        },
        { name, method, scope, args, at },
      ),
    ),
  )
}

/** What a method gave, which must not have failed. */
export const value = async (called: Promise<Called>): Promise<string | null> => {
  const answer = await called
  assert.ok('value' in answer, JSON.stringify(answer))
  return answer.value
}
