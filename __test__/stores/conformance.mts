// What every engine must do: the interface `Store`, put as tests.

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it, mock } from 'node:test'

import { generateAuthSecret, mintLocalFirstToken, verifyLocalFirstIdentityProof } from 'local-first-identity'
import { oneTimeProof, type Store } from 'local-first-identity/stores'

import { newName } from '../services.mts'
import { until } from '../until.mts'
import type { EngineUnderTest, Opened } from './engines.mts'

const CALLERS = 200

interface Run {
  engine: EngineUnderTest
  opened: Opened
  /** Stores of several connections, as several processes have. */
  stores: Store[]
  store: Store
  key: string
}

/** Has all connections do the same at once. */
const atOnce = <T,>({ stores }: Run, step: (store: Store, caller: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: CALLERS }, (_, i) => step(stores[i % stores.length] as Store, i)))

/** Goes on when an entry of one second has expired, made after `start`, and not before a second has passed. */
async function secondIsOver({ engine, store, key }: Run, start: number): Promise<void> {
  if (engine.clock === 'process') {
    mock.timers.setTime(Date.now() + 999)
    assert.equal(await store.get(key), 'short')
    mock.timers.setTime(Date.now() + 1)
    assert.equal(await store.get(key), undefined)
    return
  }
  await until('the entry has expired', async () => (await store.get(key)) === undefined)
  // The clock is another one's, which may be a little faster.
  assert.ok(performance.now() - start > 950)
}

/** Makes an entry of a second last longer; another one, where the machine took more than that second. */
async function lengthen({ store, key }: Run): Promise<string> {
  for (let i = 0; ; i++) {
    const entry = `${key}.longer.${i}`
    const start = performance.now()
    await store.create(entry, 'short', 1)
    if (await store.compareAndSwap(entry, 'short', 'long', 60)) return entry
    assert.ok(performance.now() - start > 950)
  }
}

export const properties: Record<string, (run: Run) => Promise<void>> = {
  async 'creates once'({ store, key }) {
    assert.equal(await store.create(key, 'one', 60), true)
    assert.equal(await store.create(key, 'two', 60), false)
    assert.equal(await store.get(key), 'one')
  },

  async '200 creates at once, one winner'(run) {
    const won = await atOnce(run, (store, caller) => store.create(run.key, String(caller), 60))
    assert.deepEqual(
      won.filter((one) => one === true),
      [true],
    )
    assert.equal(await run.store.get(run.key), String(won.indexOf(true)))
  },

  async 'swaps what it is told to'({ store, key }) {
    assert.equal(await store.compareAndSwap(key, 'one', 'two', 60), false)
    assert.equal(await store.get(key), undefined)
    await store.create(key, 'one', 60)
    assert.equal(await store.compareAndSwap(key, 'On', 'two', 60), false)
    assert.equal(await store.compareAndSwap(key, 'one', 'two', 60), true)
    assert.equal(await store.compareAndSwap(key, 'one', 'three', 60), false)
    assert.equal(await store.get(key), 'two')
  },

  async '200 swaps at once, one winner'(run) {
    await run.store.create(run.key, 'start', 60)
    const won = await atOnce(run, (store, caller) => store.compareAndSwap(run.key, 'start', String(caller), 60))
    assert.equal(won.filter((one) => one === true).length, 1)
    assert.equal(await run.store.get(run.key), String(won.indexOf(true)))
  },

  async 'takes once'({ store, key }) {
    assert.equal(await store.take(key), undefined)
    await store.create(key, 'one', 60)
    assert.equal(await store.take(key), 'one')
    assert.equal(await store.take(key), undefined)
    assert.equal(await store.create(key, 'two', 60), true)
  },

  async '200 takes at once, one winner'(run) {
    await run.store.create(run.key, 'prize', 60)
    const taken = await atOnce(run, (store) => store.take(run.key))
    assert.deepEqual(
      taken.filter((one) => one !== undefined),
      ['prize'],
    )
  },

  async expires(run) {
    const { store, key } = run
    for (const suffix of ['', '.swap', '.take', '.create']) await store.create(key + suffix, 'short', 1)
    const longer = await lengthen(run)
    await store.create(`${key}.shorter`, 'long', 60)
    const start = performance.now()
    assert.equal(await store.compareAndSwap(`${key}.shorter`, 'long', 'short', 1), true)
    await secondIsOver({ ...run, key: `${key}.shorter` }, start)
    assert.equal(await store.get(key), undefined)
    assert.equal(await store.compareAndSwap(`${key}.swap`, 'short', 'other', 60), false)
    assert.equal(await store.take(`${key}.take`), undefined)
    assert.equal(await store.create(`${key}.create`, 'again', 60), true)
    assert.equal(await store.get(`${key}.create`), 'again')
    assert.equal(await store.get(longer), 'long')
  },

  async 'keeps any text'({ store, key }) {
    for (const [index, value] of [
      '',
      ' ',
      '\'; --\n\t"\\',
      'Ünï 👩‍👩‍👧 \u{10ffff}',
      '\u0001',
      '1.0',
      'null',
      '{"a": 1}',
      '"="',
      'x'.repeat(65_536),
    ].entries()) {
      await store.create(`${key}.${index}`, value, 60)
      assert.equal(await store.get(`${key}.${index}`), value)
      assert.equal(await store.compareAndSwap(`${key}.${index}`, value, '0', 60), true)
    }
    const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('')
    for (const suffix of [printable, 'a', 'A', 'x'.repeat(255 - key.length)]) {
      assert.equal(await store.create(key + suffix, suffix, 60), true)
      assert.equal(await store.take(key + suffix), suffix)
    }
  },

  async 'keeps its own keys from the app'({ store }) {
    const secret = generateAuthSecret()
    const proof = verifyLocalFirstIdentityProof(mintLocalFirstToken(secret, 'a', 60), 'a')
    assert.ok(proof.ok)
    const useProof = oneTimeProof(store)
    assert.equal(await useProof(proof), true)
    const key = `lfi:proof:${proof.proofId}`
    for (const step of [
      () => store.take(key),
      () => store.get(key),
      () => store.create(key, '', 1),
      () => store.compareAndSwap(key, '1', '', 1),
      () => store.take('lfi:'),
    ]) {
      await assert.rejects(step, { name: 'TypeError', message: /^`key` must not begin with `lfi:`/ })
    }
    assert.equal(await useProof(proof), false)
    // In other letters it is another key, of the app's.
    assert.equal(await store.take(key.toUpperCase()), undefined)
  },

  async 'refuses other arguments'({ store, key }) {
    const wrong = (step: () => Promise<unknown>, name: string, message: RegExp) =>
      assert.rejects(step, (error: Error) => {
        assert.deepEqual([error.name, message.test(error.message)], [name, true], error.message)
        return true
      })
    for (const bad of ['', 'a b', 'ü', 'x'.repeat(256), 1, undefined] as string[]) {
      for (const step of [
        () => store.create(bad, '', 1),
        () => store.get(bad),
        () => store.compareAndSwap(bad, '', '', 1),
        () => store.take(bad),
      ]) {
        await wrong(step, 'TypeError', /^`key` must be /)
      }
    }
    for (const bad of ['\0', '\ud800', 'x'.repeat(65_537), 1, undefined] as string[]) {
      await wrong(() => store.create(key, bad, 1), 'TypeError', /^`value` must be /)
      await wrong(() => store.compareAndSwap(key, bad, '', 1), 'TypeError', /^`expected` must be /)
      await wrong(() => store.compareAndSwap(key, '', bad, 1), 'TypeError', /^`value` must be /)
    }
    for (const [bad, name] of [
      [0, 'RangeError'],
      [-1, 'RangeError'],
      [31_622_401, 'RangeError'],
      [1.5, 'TypeError'],
      [Number.NaN, 'TypeError'],
      ['60', 'TypeError'],
      [undefined, 'TypeError'],
    ] as [number, string][]) {
      await wrong(() => store.create(key, '', bad), name, /^`ttlSeconds` must be /)
      await wrong(() => store.compareAndSwap(key, '', '', bad), name, /^`ttlSeconds` must be /)
    }
    assert.equal(await store.create(key, '', 31_622_400), true)
  },

  async 'clears away'(run) {
    const { store, key, opened } = run
    const make = (name: string, ttl: number) =>
      Promise.all(Array.from({ length: 300 }, (_, i) => store.create(`${key}.${name}.${i}`, 'short', ttl)))
    const start = performance.now()
    await make('old', 1)
    await secondIsOver({ ...run, key: `${key}.old.299` }, start)
    await make('new', 60)
    if (opened.rows) assert.equal(await opened.rows(key), 300)
    assert.equal(await store.get(`${key}.new.0`), 'short')
  },
}

/** Runs the tests on one engine, and notes what passed. */
export function conform(engine: EngineUnderTest, note: (property: string, verdict: string) => void): void {
  describe(engine.name, { skip: engine.skip }, () => {
    let opened: Opened
    let stores: Store[]
    before(async () => {
      opened = await engine.open()
      stores = await Promise.all([1, 2, 3, 4].map(() => opened.connect()))
    })
    after(() => opened.close())
    afterEach(() => mock.timers.reset())

    for (const [property, check] of Object.entries(properties)) {
      it(property, async () => {
        note(property, 'NO')
        if (engine.clock === 'process') mock.timers.enable({ apis: ['Date'], now: Date.now() })
        await check({ engine, opened, stores, store: stores[0] as Store, key: newName() })
        note(property, 'yes')
      })
    }
  })
}
