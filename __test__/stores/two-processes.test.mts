// Two server processes that share one store: each proof is accepted once by the two of them.

import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import Sqlite from 'libsql'
import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

import { noRedis } from '../services.mts'

const PEOPLE = 40
const TRIES = 6

const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
const file = join(folder, 'store.db')
// Not by the two: SQLite lets only one switch the mode, and the other does not wait for it.
const database = new Sqlite(file)
database.exec('pragma journal_mode = wal')
database.close()
after(() => rmSync(folder, { recursive: true }))

for (const [name, args, skip] of [
  ['Redis', [], noRedis],
  ['SQLite file', [file], false],
] as const) {
  describe(`two processes, one ${name}`, { skip }, () => {
    const children: { child: ChildProcess; ended: Promise<unknown> }[] = []
    let origins: string[]

    before(async () => {
      const start = async () => {
        const child = fork(fileURLToPath(new URL('server.mts', import.meta.url)), args, {
          execArgv: ['--import', 'tsx'],
        })
        const ended = once(child, 'exit')
        children.push({ child, ended })
        const first = await Promise.race([
          once(child, 'message'),
          ended.then(([code]) => assert.fail(`ended: ${code}`)),
        ])
        const [{ port }] = first as [AddressInfo]
        return `http://127.0.0.1:${port}`
      }
      origins = await Promise.all([start(), start()])
    })
    after(async () => {
      for (const { child, ended } of children) {
        if (child.connected) child.disconnect()
        await ended
      }
    })

    it('accept each proof once', async (t) => {
      const winners: [number, number] = [0, 0]
      for (let person = 0; person < PEOPLE; person++) {
        const secret = generateAuthSecret()
        const headers = { 'x-local-first-proof': mintLocalFirstToken(secret, 'test-app-signup', 60) }
        const answers = await Promise.all(
          Array.from({ length: TRIES }, async (_, i) => {
            const response = await fetch(`${origins[i % 2]}/signup`, { method: 'POST', headers })
            return [response.status, await response.json(), i % 2 === 0 ? 0 : 1] as const
          }),
        )
        const accepted = answers.filter(([status]) => status === 201)
        assert.deepEqual(
          accepted.map(([, body]) => body),
          [{ id: deriveUserId(secret) }],
        )
        winners[accepted[0]?.[2] ?? assert.fail()]++
        const refused = answers.filter(([status, body]) => status === 401 && body.code === 'already-used')
        assert.equal(refused.length, TRIES - 1)
      }
      const [one, other] = winners
      t.diagnostic(`${PEOPLE} proofs, each sent ${TRIES} times at once: accepted ${one} by one, ${other} by the other`)
      assert.equal(one + other, PEOPLE)
    })
  })
}
