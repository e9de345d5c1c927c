// How a table's IDs are found out, on tables that do what databases and adapters are known to do.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { AuthContext } from '@better-auth/core'

import { rowIdsOf } from '../../integrations/better-auth/row-id.mts'

interface Row {
  id: string
  identifier: string
  expiresAt: Date
}

interface Rules {
  /** What becomes of an ID that is forced; `undefined` if it is refused. */
  forced?: (id: string) => string | undefined
  /** What the table or the app makes where none is forced. */
  made?: () => string
  generateId?: unknown
  /** Whether it lets one row in for each ID. Default `true`. */
  isUnique?: boolean
  /** Whether other requests delete what has expired. Default `false`. */
  isCleaned?: boolean
  /** Whether this statement fails, by its number. */
  fails?: (statement: number) => boolean
}

/** An app on a table with these rules. */
function tableWith(rules: Rules) {
  const {
    forced = (id) => id,
    made = () => crypto.randomUUID(),
    generateId,
    isUnique = true,
    isCleaned = false,
    fails = () => false,
  } = rules
  let rows: Row[] = []
  let statements = 0
  const adapter = {
    id: 'stand-in',
    async create({ data, forceAllowId = false }: { data: Row; forceAllowId?: boolean }) {
      if (fails(++statements)) throw new Error('the database does not answer')
      const id = forceAllowId ? forced(data.id) : made()
      if (id === undefined || (isUnique && rows.some((row) => row.id === id))) throw new Error('no such row')
      rows.push({ ...data, id })
      // Better Auth deletes expired rows whenever it looks one up. The clock of this server is a minute ahead.
      if (isCleaned) rows = rows.filter(({ expiresAt }) => expiresAt.getTime() > Date.now() + 60_000)
      return { ...data, id }
    },
    async deleteMany({ where: [{ field, value }] }: { where: [{ field: 'id' | 'identifier'; value: string }] }) {
      const before = rows.length
      rows = rows.filter((row) => row[field] !== value)
      return before - rows.length
    },
    findOne: () => assert.fail('a replica was asked'),
    findMany: () => assert.fail('a replica was asked'),
  }
  const options = { advanced: { database: { generateId } } }
  return { left: () => rows.length, context: { adapter, options } as unknown as AuthContext }
}

/** The ID of a key, or how rows are told apart in another way. */
async function idOf(context: AuthContext): Promise<string> {
  const ids = await rowIdsOf(context)
  return ids === 'by-order' ? ids : ids.byKey('a key')
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/
const upTo = (length: number) => (id: string) => (id.length <= length ? id : undefined)

describe('the IDs of a table', () => {
  for (const [name, rules, expected] of [
    ['takes any text', {}, UUID],
    ['is cleaned up by other requests', { isCleaned: true }, UUID],
    ['has room for 32 characters', { forced: upTo(32) }, /^[\da-f]{32}$/],
    ['has room for 26', { forced: upTo(26) }, /^[0-7][\dA-HJKMNP-TV-Z]{25}$/],
    ['has room for 21', { forced: upTo(21) }, /^a[\da-z]{20}$/],
    ['cuts off what is too long, without a word', { forced: (id: string) => id.slice(0, 32) }, /^[\da-f]{32}$/],
    [
      'has numbers that the database makes',
      { forced: () => undefined, made: () => '7', generateId: false },
      /^by-order$/,
    ],
    ['is numbered by Better Auth', { forced: () => undefined, generateId: 'serial' }, /^by-order$/],
  ] as [string, Rules, RegExp][]) {
    it(`are found out where it ${name}, and nothing is left behind`, async () => {
      const { left, context } = tableWith(rules)
      assert.match(await idOf(context), expected)
      assert.equal(left(), 0)
    })
  }

  const refusal = { name: 'BetterAuthError', message: /^localFirstIdentity needs a table `verification` whose `id`/ }
  for (const [name, rules] of [
    ['puts its own in their place', { forced: () => crypto.randomUUID() }],
    ['has no primary key', { isUnique: false }],
    ['has a rule of its own', { forced: () => undefined }],
    ['has numbers that the app makes', { forced: () => undefined, made: () => '7', generateId: () => '7' }],
  ] as [string, Rules][]) {
    it(`are refused where it ${name}`, async () => {
      const { left, context } = tableWith(rules)
      await assert.rejects(rowIdsOf(context), refusal)
      assert.equal(left(), 0)
    })
  }

  it('are the same on every server, whichever statement fails there for a moment', async () => {
    for (let failing = 1; failing <= 12; failing++) {
      const { left, context } = tableWith({ fails: (statement) => statement === failing })
      assert.match(await idOf(context), UUID, `statement ${failing}`)
      assert.equal(left(), 0)
    }
  })

  it('are found out by one request, however many come first, and again after a failure', async () => {
    let isDown = true
    const { context } = tableWith({ fails: () => isDown })
    await assert.rejects(rowIdsOf(context), { message: 'the database does not answer' })
    isDown = false
    const found = await Promise.all(Array.from({ length: 10 }, () => rowIdsOf(context)))
    assert.equal(new Set(found).size, 1)
  })

  it('are told apart by their keys', async () => {
    const ids = await rowIdsOf(tableWith({}).context)
    assert.ok(ids !== 'by-order')
    assert.equal(new Set(Array.from({ length: 1000 }, (_, index) => ids.byKey(String(index)))).size, 1000)
    assert.equal(ids.byKey('x'), ids.byKey('x'))
  })
})
