// A guest who signs in to an account that exists: nothing is lost before the person has chosen, nor when something fails.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  deriveUserId,
  type GuestChoice,
  generateAuthSecret,
  MemoryAuthSecretStore,
  type SettleGuestOptions,
  settleGuest,
} from 'local-first-identity/client'

const accountId = deriveUserId(generateAuthSecret())

/** A device with a guest, and what was asked and copied. */
async function deviceWithGuest() {
  const store = new MemoryAuthSecretStore()
  const secret = await store.getOrCreateSecret()
  const calls: unknown[] = []
  const options = (choice: GuestChoice, more: Partial<SettleGuestOptions> = {}): SettleGuestOptions => ({
    store,
    accountId,
    choose: async (signIn) => {
      calls.push(['choose', signIn, await store.loadSecret()])
      return choice
    },
    copy: async (guest) => {
      calls.push(['copy', guest, await store.loadSecret()])
    },
    ...more,
  })
  return { store, secret, guestId: deriveUserId(secret), calls, options }
}

describe('settleGuest', () => {
  it('copies, and then forgets the guest', async () => {
    const { store, secret, guestId, calls, options } = await deviceWithGuest()
    assert.equal(await settleGuest(options('copy')), 'copy')
    const signIn = { guestId, accountId }
    assert.deepEqual(calls, [
      ['choose', signIn, secret],
      ['copy', { ...signIn, secret }, secret],
    ])
    assert.equal(await store.loadSecret(), null)
  })

  it('keeps the guest', async () => {
    const { store, secret, calls, options } = await deviceWithGuest()
    assert.equal(await settleGuest(options('keep')), 'keep')
    assert.deepEqual([calls.length, await store.loadSecret()], [1, secret])
  })

  it('discards the guest, and copies nothing', async () => {
    const { store, calls, options } = await deviceWithGuest()
    assert.equal(await settleGuest(options('discard')), 'discard')
    assert.deepEqual([calls.length, await store.loadSecret()], [1, null])
  })

  it('asks for an account without an identity, too', async () => {
    const { guestId, calls, secret, options } = await deviceWithGuest()
    assert.equal(await settleGuest(options('keep', { accountId: null })), 'keep')
    assert.deepEqual(calls, [['choose', { guestId, accountId: null }, secret]])
  })

  it('asks nothing where there is no guest, or the account has the guest’s identity', async () => {
    const { store, guestId, calls, options } = await deviceWithGuest()
    for (const own of [guestId, guestId.toUpperCase()]) {
      assert.equal(await settleGuest(options('discard', { accountId: own })), 'same')
    }
    await store.clearSecret()
    assert.equal(await settleGuest(options('discard')), 'no-guest')
    assert.deepEqual([calls, await store.loadSecret()], [[], null])
  })

  it('changes nothing where a step fails: choosing, copying, or what was chosen is none of the three', async () => {
    const { store, secret, options } = await deviceWithGuest()
    const fail = async () => {
      throw new Error('failed')
    }
    await assert.rejects(settleGuest(options('copy', { choose: fail })), { message: 'failed' })
    await assert.rejects(settleGuest(options('copy', { copy: fail })), { message: 'failed' })
    for (const wrong of [undefined, null, '', 'merge', true]) {
      await assert.rejects(settleGuest(options(wrong as never)), {
        name: 'TypeError',
        message: "settleGuest: `choose` must give 'copy', 'keep' or 'discard'",
      })
    }
    assert.equal(await store.loadSecret(), secret)
  })

  it('leaves a secret alone that came in the meantime, at either step', async () => {
    for (const step of ['choose', 'copy'] as const) {
      const { store, options } = await deviceWithGuest()
      const other = generateAuthSecret()
      const wanted = options('copy')
      const own = wanted[step] as (given: never) => Promise<never>
      const superseded = async (given: never) => {
        await store.saveSecret(other)
        return own(given)
      }
      assert.equal(await settleGuest({ ...wanted, [step]: superseded }), 'superseded')
      assert.equal(await store.loadSecret(), other)
    }
  })

  it('clears nothing that another tab saves while it clears, if the store can compare', async () => {
    const { store, options, secret } = await deviceWithGuest()
    const other = generateAuthSecret()
    const racing = Object.create(store, {
      loadSecret: { value: () => store.loadSecret() },
      clearSecret: { value: () => store.clearSecret() },
      compareAndClear: {
        value: async (expected: string) => {
          assert.equal(expected, secret)
          await store.saveSecret(other)
          return store.compareAndClear(expected)
        },
      },
    })
    assert.equal(await settleGuest({ ...options('discard'), store: racing }), 'superseded')
    assert.equal(await store.loadSecret(), other)
  })

  it('works with a store that cannot compare', async () => {
    const { store, options } = await deviceWithGuest()
    const own = {
      loadSecret: () => store.loadSecret(),
      clearSecret: () => store.clearSecret(),
      saveSecret: (secret: string) => store.saveSecret(secret),
      getOrCreateSecret: () => store.getOrCreateSecret(),
    }
    assert.equal(await settleGuest({ ...options('discard'), store: own }), 'discard')
    assert.equal(await store.loadSecret(), null)
  })

  it('names an option that is wrong', async () => {
    const { store, secret, options } = await deviceWithGuest()
    for (const [wrong, message] of [
      [{ store: {} }, '`store.loadSecret` must be a function'],
      [{ store: undefined }, '`store.loadSecret` must be a function'],
      [{ accountId: undefined }, '`accountId` must be a string of at least one character'],
      [{ accountId: '' }, '`accountId` must be a string of at least one character'],
      [{ choose: 'keep' }, '`choose` must be a function'],
      [{ copy: undefined }, '`copy` must be a function'],
      [{ merge: () => {} }, 'there is no option `merge`'],
    ] as const) {
      const all = { ...options('discard'), ...wrong } as never
      await assert.rejects(settleGuest(all), { name: 'TypeError', message: `settleGuest: ${message}` })
    }
    assert.equal(await store.loadSecret(), secret)
  })
})
