import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import Sqlite from 'libsql'

import { createDevice } from '../examples/express/device.mts'
import { folder, newEmail, password, post, refusal, start } from './express-example.mts'

describe("the Express example's database", () => {
  it('has one user of an identity that fifty requests sign up at once, each with a proof of its own', async () => {
    const file = join(folder, 'fifty.db')
    const { origin, stop } = await start({ DATABASE_FILE: file })
    const device = createDevice(origin)
    const attempts = Array.from({ length: 50 }, (_, i) => device.signUp(newEmail(), password, device.proof(60 + i)))
    const answers = await Promise.all(attempts).finally(stop)
    const [created, refused] = [answers.filter(({ status }) => status === 201), answers.filter(({ body }) => body.code)]
    assert.deepEqual([created.length, refused.length], [1, 49])
    assert.deepEqual([...new Set(refused.map(refusal))], ['409 identity-taken'])
    const database = new Sqlite(file)
    assert.deepEqual(database.prepare('select jazz_id from users').all(), [{ jazz_id: device.identity }])
    database.close()
  })

  it('keeps accounts, JWTs and used proofs for the next start', async () => {
    const env = { DATABASE_FILE: join(folder, 'kept.db') }
    const first = await start(env)
    const device = createDevice(first.origin)
    const [email, proof] = [newEmail(), device.proof()]
    const { body } = await device.signUp(email, password, proof).finally(first.stop)
    const second = await start({ ...env, PORT: new URL(first.origin).port })
    try {
      assert.equal((await device.writeNote(body.token ?? '', 'kept')).status, 200)
      assert.equal((await device.signIn(email, password)).status, 200)
      assert.equal(refusal(await device.signUp(newEmail(), password, proof)), '401 already-used')
    } finally {
      await second.stop()
    }
  })

  it('may fail, which the log says in a line, and the client without details', async () => {
    const file = join(folder, 'broken.db')
    const example = await start({ DATABASE_FILE: file })
    const database = new Sqlite(file)
    try {
      const device = createDevice(example.origin)
      database.exec('drop table local_first_store; drop table notes')
      const error = 'Something went wrong here. Try again later.'
      const internal = { status: 500, body: { error, code: 'internal' } }
      assert.deepEqual(await device.signUp(newEmail(), password), internal)
      assert.deepEqual(await device.readNotes(device.guestToken()), internal)
    } finally {
      database.close()
      await example.stop()
    }
    const [, ...lines] = example.printed().trimEnd().split('\n')
    assert.equal(lines.length, 2)
    assert.match(lines[0] ?? '', /^POST \/signup: StoreError: .*; SqliteError: no such table: main\.local_first_store$/)
    assert.match(lines[1] ?? '', /^GET \/notes: SqliteError: no such table: notes$/)
  })
})

describe("the Express example's settings", () => {
  it('limit how often one address may try to sign up, and how often to sign in', async () => {
    const { origin, stop } = await start({ RATE_LIMIT: '2' })
    try {
      for (const path of ['/signup', '/signin']) {
        const url = `${origin}${path}`
        assert.deepEqual([(await post(url, '{}')).status, (await post(url, '{')).status], [400, 400])
        const third = await post(url, '{}')
        assert.equal(refusal(third), '429 too-many-requests')
        assert.ok(Number(third.headers.get('retry-after')) > 800)
      }
      const guest = createDevice(origin)
      assert.equal((await guest.readNotes(guest.guestToken())).status, 200)
    } finally {
      await stop()
    }
  })

  it('are refused with a sentence where they cannot be', async () => {
    for (const [env, sentence] of [
      [{ PORT: 'abc' }, 'PORT must be a whole number from 1 to 65535.\n'],
      [{ RATE_LIMIT: '0.5' }, 'RATE_LIMIT must be a whole number from 1 to 1000000.\n'],
    ] as const) {
      await assert.rejects(start(env), { message: sentence })
    }
    await assert.rejects(start({ DATABASE_FILE: join(folder, 'no', 'folder.db') }), ({ message }) => {
      assert.match(message, /^The example does not start: [^\n]+\n$/)
      return true
    })
  })
})
