// IndexedDB and Web Locks that never answer, or die: what is there is given, and all else is told in time.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, type TestContext } from 'node:test'

import { IDBDatabase, IDBFactory, IDBTransaction } from 'fake-indexeddb'
import {
  type AuthSecretStore,
  BrowserAuthSecretStore,
  createLocalFirstAuth,
  generateAuthSecret,
  IndexedDBAuthSecretStore,
} from 'local-first-identity/client'

const KEY = 'jazz-auth-secret'
const browser = globalThis as unknown as { indexedDB: unknown; localStorage: unknown }
const kept = new Map<string, string>()
/** Web Locks: one holder at a time. */
let lock: Promise<unknown>
let factory: IDBFactory

beforeEach(() => {
  kept.clear()
  lock = Promise.resolve()
  factory = new IDBFactory()
  browser.indexedDB = factory
  browser.localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  }
  const locks = {
    request(_key: string, change: () => unknown) {
      const mine = lock.then(change)
      lock = mine.catch(() => undefined)
      return mine
    },
  }
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true })
})
/** Deletes the database, for which every connection has to be closed. */
const deleteDatabase = () =>
  new Promise((resolve) => {
    const deletion = factory.deleteDatabase('local-first-identity')
    deletion.onsuccess = () => resolve('deleted')
    deletion.onblocked = () => resolve('blocked')
  })
afterEach(async () => {
  assert.equal(await deleteDatabase(), 'deleted')
  for (const name of ['indexedDB', 'localStorage', 'navigator']) delete (globalThis as Record<string, unknown>)[name]
})

/** Lets everything run that does not wait for time to pass. */
const settle = async () => {
  for (let turn = 0; turn < 50; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    // Encryption runs in other threads, and this behind it.
    await crypto.subtle.digest('SHA-256', new Uint8Array(1))
  }
}

/** What a promise has come to: `pending`, its value, or the code and cause of its error. */
function watch(promise: Promise<unknown>) {
  const seen: { outcome: unknown } = { outcome: 'pending' }
  promise.then(
    (value) => (seen.outcome = value),
    (error) => (seen.outcome = `${error.code}: ${error.cause?.name}: ${error.cause?.message}`),
  )
  return async () => {
    await settle()
    return seen.outcome
  }
}

/** Starts something under a clock that stands still, and says what came of it just before and at a time. */
async function at(t: TestContext, milliseconds: number, start: () => Promise<unknown>) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const outcome = watch(start())
  await settle()
  // In steps: what waits again begins in the middle.
  t.mock.timers.tick(1500 - 1)
  await settle()
  t.mock.timers.tick(milliseconds === 1500 ? 0 : 1)
  await settle()
  t.mock.timers.tick(milliseconds === 1500 ? 0 : milliseconds - 1501)
  const before = await outcome()
  t.mock.timers.tick(1)
  const after = await outcome()
  t.mock.timers.reset()
  return [before, after]
}

const idbTimeout = 'unavailable: TimeoutError: IndexedDB did not answer in time'
const lockTimeout = 'unavailable: TimeoutError: The lock of another tab did not answer in time'
/** An IndexedDB whose `open` answers when it is told to. */
function wedge() {
  const requests: { answer(): void }[] = []
  browser.indexedDB = {
    open(name: string) {
      const wedged: Record<string, unknown> = {}
      const answer = () => {
        const request = factory.open(name)
        request.onupgradeneeded = () => {
          wedged.result = request.result
          ;(wedged.onupgradeneeded as () => void)()
        }
        request.onsuccess = () => {
          wedged.result = request.result
          ;(wedged.onsuccess as () => void)()
        }
      }
      requests.push({ answer })
      return wedged
    },
  }
  return requests
}
const names = async () => (await factory.databases()).map(({ name }) => name)

describe('an IndexedDB that never answers', () => {
  it('still gives the secret that localStorage has', async (t) => {
    const secret = generateAuthSecret()
    kept.set(KEY, secret)
    wedge()
    const store = new BrowserAuthSecretStore()
    assert.equal(await store.loadSecret(), secret)
    assert.deepEqual(await at(t, 1500, () => store.getOrCreateSecret()), ['pending', secret])
    assert.equal(kept.get(KEY), secret)
  })

  it('is told where there is no secret, and none is made, then or later', async (t) => {
    const requests = wedge()
    const store = new BrowserAuthSecretStore()
    const outcomes = await at(t, 5000, () => store.getOrCreateSecret())
    assert.deepEqual(outcomes, ['pending', idbTimeout])
    for (const { answer } of requests) answer()
    await settle()
    assert.deepEqual([...kept], [])
    browser.indexedDB = factory
    const secret = await store.getOrCreateSecret()
    assert.deepEqual([...kept], [[KEY, secret]])
  })

  it('changes nothing where a secret is to be saved or cleared', async (t) => {
    const secret = generateAuthSecret()
    const store = new BrowserAuthSecretStore()
    wedge()
    for (const change of [() => store.saveSecret(generateAuthSecret()), () => store.clearSecret()]) {
      kept.set(KEY, secret)
      assert.deepEqual(await at(t, 5000, change), ['pending', idbTimeout])
      assert.equal(kept.get(KEY), secret)
    }
  })

  it('is an error of the store in IndexedDB, which works again once it answers', async (t) => {
    const requests = wedge()
    const store = new IndexedDBAuthSecretStore()
    for (const use of [
      () => store.loadSecret(),
      () => store.getOrCreateSecret(),
      () => store.saveSecret(generateAuthSecret()),
      () => store.clearSecret(),
    ]) {
      assert.deepEqual(await at(t, 5000, use), ['pending', idbTimeout])
    }
    // Each opened it anew, and what comes late writes nothing.
    assert.equal(requests.length, 4)
    for (const { answer } of requests) answer()
    await settle()
    browser.indexedDB = factory
    assert.equal(await store.loadSecret(), null)
    // All of them were closed: the database can be deleted.
    const secret = await store.getOrCreateSecret()
    assert.equal(await store.loadSecret(), secret)
  })

  it('closes the connections that came too late', async (t) => {
    const requests = wedge()
    await at(t, 5000, () => new IndexedDBAuthSecretStore().loadSecret())
    for (const { answer } of requests) answer()
    await settle()
    assert.deepEqual(await names(), ['local-first-identity'])
    assert.equal(await deleteDatabase(), 'deleted')
  })

  it('is an error for a user interface, which can try again', async (t) => {
    wedge()
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const auth = createLocalFirstAuth(new BrowserAuthSecretStore())
    t.after(auth.subscribe(() => {}))
    await settle()
    t.mock.timers.tick(5000)
    await settle()
    assert.equal((auth.getState().error as Error & { code: string }).code, 'unavailable')
    t.mock.timers.reset()
    browser.indexedDB = factory
    await auth.retry()
    assert.deepEqual(auth.getState(), { secret: kept.get(KEY), isLoading: false, error: null })
  })
})

describe('a transaction that waits for another one', () => {
  /** Holds the database, as a page does that was stopped in the middle of a change. */
  async function occupy() {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = factory.open('local-first-identity')
      request.onsuccess = () => resolve(request.result)
    })
    let isHeld = true
    const objects = db.transaction('secrets', 'readwrite').objectStore('secrets')
    const spin = () => {
      objects.get('x').onsuccess = () => isHeld && spin()
    }
    spin()
    return async () => {
      isHeld = false
      await settle()
      db.close()
    }
  }

  it('is aborted: what was to be written never is', async (t) => {
    const secret = generateAuthSecret()
    const store = new IndexedDBAuthSecretStore()
    for (const change of [() => store.saveSecret(generateAuthSecret()), () => store.clearSecret()]) {
      await store.saveSecret(secret)
      const leave = await occupy()
      assert.deepEqual(await at(t, 5000, change), ['pending', idbTimeout])
      await leave()
      assert.equal(await store.loadSecret(), secret)
    }
  })
})

describe('a transaction that is committed, of which the page hears too late', () => {
  /** As a page that was suspended between the two, and whose timers come first. */
  function delayCompletion(t: TestContext) {
    const waiting: (() => void)[] = []
    const { dispatchEvent } = IDBTransaction.prototype
    IDBTransaction.prototype.dispatchEvent = function (event: Event) {
      if (event.type !== 'complete' || this.mode !== 'readwrite') return dispatchEvent.call(this, event)
      waiting.push(() => dispatchEvent.call(this, event))
      return true
    }
    const answer = () => {
      IDBTransaction.prototype.dispatchEvent = dispatchEvent
      for (const one of waiting.splice(0)) one()
    }
    t.after(answer)
    return answer
  }
  const stores = [BrowserAuthSecretStore, IndexedDBAuthSecretStore]
  const changes: [string, (store: AuthSecretStore, other: string) => Promise<void>, isSaved: boolean][] = [
    ['saveSecret', (store, other) => store.saveSecret(other), true],
    ['clearSecret', (store) => store.clearSecret(), false],
  ]

  for (const Store of stores) {
    it(`${Store.name}, compareAndClear: clears the secret that is expected, and no other`, async () => {
      const [store, own, other] = [new Store(), generateAuthSecret(), generateAuthSecret()]
      await store.saveSecret(own)
      assert.equal(await store.compareAndClear(other), false)
      assert.equal(await store.loadSecret(), own)
      // Another tab saves while this one clears.
      await Promise.all([new Store().saveSecret(other), store.compareAndClear(own)])
      assert.equal(await store.loadSecret(), other)
      assert.equal(await store.compareAndClear(other), true)
      assert.deepEqual([await store.loadSecret(), await store.compareAndClear(other)], [null, false])
    })

    for (const [name, change, isSaved] of changes) {
      it(`${Store.name}, ${name}: tells that it is done`, async (t) => {
        const [store, other] = [new Store(), generateAuthSecret()]
        await store.saveSecret(generateAuthSecret())
        const answer = delayCompletion(t)
        t.mock.timers.enable({ apis: ['setTimeout'] })
        const outcome = watch(change(store, other))
        await settle()
        t.mock.timers.tick(5_000)
        assert.equal(await outcome(), 'pending')
        answer()
        assert.equal(await outcome(), undefined)
        assert.equal(await store.loadSecret(), isSaved ? other : null)
      })

      it(`${Store.name}, ${name}: says after as long again that it may be done, and undoes nothing`, async (t) => {
        const [store, other] = [new Store(), generateAuthSecret()]
        await store.saveSecret(generateAuthSecret())
        const answer = delayCompletion(t)
        t.mock.timers.enable({ apis: ['setTimeout'] })
        let mayHaveChanged: unknown
        const outcome = watch(
          change(store, other).catch((error) => {
            mayHaveChanged = error.cause.mayHaveChanged
            throw error
          }),
        )
        await settle()
        t.mock.timers.tick(5_000)
        await settle()
        t.mock.timers.tick(5_000)
        assert.equal(await outcome(), idbTimeout)
        assert.equal(mayHaveChanged, true)
        answer()
        await settle()
        assert.equal(await store.loadSecret(), isSaved ? other : null)
        if (isSaved) assert.equal(await store.getOrCreateSecret(), other)
      })
    }
  }
})

describe('a lock that another tab never gives back', () => {
  const hold = () => {
    let release = () => {}
    lock = new Promise<void>((resolve) => {
      release = resolve
    })
    return () => release()
  }

  it('still gives the secret that localStorage has', async (t) => {
    const secret = generateAuthSecret()
    kept.set(KEY, secret)
    hold()
    const outcomes = await at(t, 1500, () => new BrowserAuthSecretStore().getOrCreateSecret())
    assert.deepEqual(outcomes, ['pending', secret])
  })

  it('is told where there is no secret, and nothing is changed when it comes back', async (t) => {
    const store = new BrowserAuthSecretStore()
    for (const use of [() => store.getOrCreateSecret(), () => store.saveSecret(generateAuthSecret())]) {
      const release = hold()
      assert.deepEqual(await at(t, 5000, use), ['pending', lockTimeout])
      release()
      await settle()
      assert.deepEqual([...kept], [])
    }
    const secret = generateAuthSecret()
    kept.set(KEY, secret)
    const release = hold()
    assert.deepEqual(await at(t, 5000, () => store.clearSecret()), ['pending', lockTimeout])
    release()
    await settle()
    assert.equal(kept.get(KEY), secret)
  })
})

describe('a connection to IndexedDB that is dead', () => {
  const { transaction } = IDBDatabase.prototype
  afterEach(() => {
    IDBDatabase.prototype.transaction = transaction
  })
  /** Breaks the connections that are open now: as iOS does to an app in the background. */
  function kill(name: string, times = 1) {
    const dead = new Set<unknown>()
    IDBDatabase.prototype.transaction = function (...args: Parameters<typeof transaction>) {
      if (dead.size < times) dead.add(this)
      if (dead.has(this)) throw new DOMException('The database connection is closing.', name)
      return transaction.apply(this, args)
    }
  }
  const stores: [string, () => AuthSecretStore][] = [
    ['BrowserAuthSecretStore', () => new BrowserAuthSecretStore()],
    ['IndexedDBAuthSecretStore', () => new IndexedDBAuthSecretStore()],
  ]

  for (const [name, newStore] of stores) {
    for (const error of ['InvalidStateError', 'UnknownError', 'AbortError']) {
      it(`is opened again by ${name}: ${error}`, async () => {
        const store = newStore()
        const secret = await store.getOrCreateSecret()
        kill(error)
        assert.equal(await store.getOrCreateSecret(), secret)
        kill(error)
        assert.equal(await store.loadSecret(), secret)
        const other = generateAuthSecret()
        kill(error)
        await store.saveSecret(other)
        assert.equal(await store.loadSecret(), other)
        kill(error)
        await store.clearSecret()
        assert.equal(await store.loadSecret(), null)
      })
    }
  }

  it('is opened again once for each use, and another failure is told', async () => {
    const store = new IndexedDBAuthSecretStore()
    const secret = await store.getOrCreateSecret()
    kill('InvalidStateError', 2)
    await assert.rejects(store.loadSecret(), (error: Error & { code: string }) => {
      assert.deepEqual([error.code, (error.cause as Error).name], ['unavailable', 'InvalidStateError'])
      return true
    })
    assert.equal(await store.loadSecret(), secret)
    kill('QuotaExceededError')
    await assert.rejects(store.loadSecret(), { code: 'unavailable' })
  })
})
