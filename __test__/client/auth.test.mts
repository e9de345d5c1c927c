import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

import {
  type AuthSecretStore,
  type AuthSecretStoreError,
  createLocalFirstAuth,
  generateAuthSecret,
  type LocalFirstAuth,
  type LocalFirstAuthState,
  MemoryAuthSecretStore,
} from 'local-first-identity/client'

const LOADING = { secret: null, isLoading: true, error: null }
const ready = (secret: string | null) => ({ secret, isLoading: false, error: null })

/** Subscribes, and writes each state down. */
function follow(auth: LocalFirstAuth) {
  const states: LocalFirstAuthState[] = []
  const end = auth.subscribe(() => states.push(auth.getState()))
  return { states, end }
}

/** A store that answers when it is told to. */
function slowStore() {
  const answers: ((secret: string) => void)[] = []
  const store: AuthSecretStore = {
    loadSecret: async () => null,
    saveSecret: async () => {},
    clearSecret: async () => {},
    getOrCreateSecret: () => new Promise((resolve) => answers.push(resolve)),
  }
  return { store, answers }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('createLocalFirstAuth', () => {
  it('makes nothing before someone subscribes', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    assert.deepEqual(auth.getState(), LOADING)
    await settled()
    assert.equal(await store.loadSecret(), null)
  })

  it('has the secret once someone has subscribed, in a state that stays the same object', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    const { states } = follow(auth)
    assert.deepEqual(auth.getState(), LOADING)
    await settled()
    assert.deepEqual(states, [ready(await store.loadSecret())])
    assert.equal(auth.getState(), auth.getState())
  })

  it('follows what is logged in, here or by the store', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    const { states } = follow(auth)
    await settled()
    const [first, second] = [generateAuthSecret(), generateAuthSecret()]
    await auth.login(first)
    await store.saveSecret(second)
    await settled()
    assert.deepEqual(states.slice(1), [ready(first), ready(second)])
  })

  it('starts with a new identity after signing out, one for who shares the store', async () => {
    const store = new MemoryAuthSecretStore()
    const [auth, other] = [createLocalFirstAuth(store), createLocalFirstAuth(store)]
    const [here, there] = [follow(auth), follow(other)]
    await settled()
    const before = await store.loadSecret()
    await auth.signOut()
    await settled()
    const after = await store.loadSecret()
    assert.notEqual(after, before)
    for (const { states } of [here, there]) assert.deepEqual(states, [ready(before), ready(after)])
  })

  it('makes no new identity after signing out where no one looks', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    await auth.login(generateAuthSecret())
    await auth.signOut()
    assert.deepEqual([await store.loadSecret(), auth.getState()], [null, LOADING])
  })

  it('does not believe what it knew before anybody looked', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    await auth.login(generateAuthSecret())
    assert.deepEqual(auth.getState(), LOADING)
    // Another tab, of which no one here hears.
    await store.saveSecret(generateAuthSecret())
    const { states } = follow(auth)
    await settled()
    assert.deepEqual(states, [ready(await store.loadSecret())])
  })

  it('refuses what is no secret, and stays who it was', async () => {
    const auth = createLocalFirstAuth(new MemoryAuthSecretStore())
    const { states } = follow(auth)
    await settled()
    await assert.rejects(auth.login('x'), { name: 'TypeError', message: /^secret must be / })
    assert.equal(states.length, 1)
  })

  it('tells only who listens, and each as often as they subscribed', async () => {
    const auth = createLocalFirstAuth(new MemoryAuthSecretStore())
    let calls = 0
    const listener = () => calls++
    const ends = [auth.subscribe(listener), auth.subscribe(listener)]
    await settled()
    assert.equal(calls, 2)
    ends[0]?.()
    ends[0]?.()
    await auth.login(generateAuthSecret())
    assert.equal(calls, 3)
    ends[1]?.()
    await auth.login(generateAuthSecret())
    assert.equal(calls, 3)
  })

  it('reads anew when someone subscribes after all had gone', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    follow(auth).end()
    await settled()
    const secret = generateAuthSecret()
    await store.saveSecret(secret)
    follow(auth)
    await settled()
    assert.deepEqual(auth.getState(), ready(secret))
  })

  it('does not let an answer that comes late undo what is newer', async () => {
    const { store, answers } = slowStore()
    const auth = createLocalFirstAuth(store)
    const { states } = follow(auth)
    const [older, newer] = [generateAuthSecret(), generateAuthSecret()]
    const [between, newest] = [generateAuthSecret(), generateAuthSecret()]
    await auth.login(newer)
    answers[0]?.(older)
    await settled()
    assert.deepEqual(states, [ready(newer)])
    const signedOut = auth.signOut()
    await settled()
    await auth.login(newest)
    answers[1]?.(between)
    await signedOut
    assert.deepEqual(states, [ready(newer), ready(newest)])
  })

  it('asks again for each change that it hears of, though it be back to what it knows', async () => {
    const { store, answers } = slowStore()
    let tell = (_: string | null): void => assert.fail('nobody listens')
    const auth = createLocalFirstAuth({
      ...store,
      subscribe(listener) {
        tell = listener
        return () => {}
      },
    })
    follow(auth)
    const [kept, passing] = [generateAuthSecret(), generateAuthSecret()]
    answers[0]?.(kept)
    await settled()
    tell(passing)
    tell(kept)
    answers[2]?.(kept)
    answers[1]?.(passing)
    await settled()
    assert.deepEqual([answers.length, auth.getState()], [3, ready(kept)])
  })

  it('has the error where the store fails, and tries again when told, or recovers by a login', async () => {
    const error = new Error('the storage is locked')
    const store = new MemoryAuthSecretStore()
    const secret = await store.getOrCreateSecret()
    const auth = createLocalFirstAuth(store)
    let locked = true
    store.getOrCreateSecret = async () => {
      if (locked) throw error
      return secret
    }
    const { states } = follow(auth)
    await settled()
    await auth.retry()
    locked = false
    await auth.retry()
    const other = generateAuthSecret()
    await auth.login(other)
    assert.deepEqual(states, [{ secret: null, isLoading: false, error }, ready(secret), ready(other)])
  })

  it('takes no store at its word', async () => {
    for (const [getOrCreateSecret, code] of [
      [async () => 'nonsense', 'damaged'],
      [async () => null, 'unavailable'],
      [() => Promise.reject('a text'), 'unavailable'],
      [() => assert.fail('at once'), undefined],
    ] as const) {
      const { store } = slowStore()
      const auth = createLocalFirstAuth({ ...store, getOrCreateSecret } as AuthSecretStore)
      follow(auth)
      await settled()
      const { secret, isLoading, error } = auth.getState()
      assert.ok(error instanceof Error)
      assert.deepEqual([secret, isLoading], [null, false])
      if (code) assert.equal((error as AuthSecretStoreError).code, code)
      await assert.rejects(auth.login('nonsense'), TypeError)
    }
  })

  it('asks the store what is there when it hears of a change', async () => {
    const store = new MemoryAuthSecretStore()
    let tell = (_: string | null): void => assert.fail('nobody listens')
    store.subscribe = (listener) => {
      tell = listener
      return () => {}
    }
    const auth = createLocalFirstAuth(store)
    follow(auth)
    await settled()
    tell(generateAuthSecret())
    await settled()
    assert.deepEqual(auth.getState(), ready(await store.loadSecret()))
  })

  it('forgets what it knew once no one listens, since it hears of nothing', async () => {
    const store = new MemoryAuthSecretStore()
    let subscribed = 0
    const { subscribe } = store
    store.subscribe = (listener) => {
      subscribed++
      const end = subscribe.call(store, listener)
      return () => {
        subscribed--
        end()
      }
    }
    const auth = createLocalFirstAuth(store)
    const [first, second] = [follow(auth), follow(auth)]
    await settled()
    first.end()
    assert.deepEqual([subscribed, auth.getState()], [1, ready(await store.loadSecret())])
    second.end()
    assert.deepEqual([subscribed, auth.getState()], [0, LOADING])
    const before = await store.loadSecret()
    await store.clearSecret()
    follow(auth)
    assert.deepEqual(auth.getState(), LOADING)
    await settled()
    assert.notEqual(auth.getState().secret, before)
  })

  it('makes a new identity when it hears that there is none', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    const { states } = follow(auth)
    await settled()
    const before = await store.loadSecret()
    await store.clearSecret()
    await settled()
    assert.deepEqual(states, [ready(before), ready(await store.loadSecret())])
  })

  it('tells every listener, even if another one throws, and one that leaves meanwhile', () => {
    const program = `
      import { createLocalFirstAuth, MemoryAuthSecretStore } from 'local-first-identity/client'
      process.on('uncaughtException', (error) => console.log('thrown:', error))
      const auth = createLocalFirstAuth(new MemoryAuthSecretStore())
      auth.subscribe(() => { throw 'its own' })
      const end = auth.subscribe(() => { end(); console.log('one') })
      auth.subscribe(() => console.log('two'))
      await new Promise(setImmediate)
      await auth.login('D94sDJBiaxQewrHKtRym_4Bdxlmu24J6MR7zzxhbJM8')
      console.log('logged in')`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
    const heard = ['one', 'two', 'thrown: its own', 'two', 'thrown: its own', 'logged in', '']
    assert.deepEqual(stdout.split('\n').toSorted(), heard.toSorted())
  })

  it('starts over where the store does not let it subscribe', async () => {
    const store = new MemoryAuthSecretStore()
    const auth = createLocalFirstAuth(store)
    store.subscribe = () => {
      throw new Error('not yet')
    }
    assert.throws(() => auth.subscribe(() => {}), /not yet/)
    store.subscribe = () => () => {}
    follow(auth)
    await settled()
    assert.deepEqual(auth.getState(), ready(await store.loadSecret()))
  })

  it('needs a store', () => {
    for (const wrong of [undefined, null, {}, { getOrCreateSecret: () => 'x' }]) {
      assert.throws(() => createLocalFirstAuth(wrong as never), {
        name: 'TypeError',
        message: /^createLocalFirstAuth: /,
      })
    }
  })
})
