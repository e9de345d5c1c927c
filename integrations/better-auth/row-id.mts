// Finds out which IDs the verification table takes. A reservation is a row whose ID is made from its key. If two requests have
// the same key, the primary key lets only one in, inside a transaction, too. But tables have IDs of many kinds.

import { createHash, randomUUID } from 'node:crypto'
import type { AuthContext } from '@better-auth/core'
import { configurationError } from './configuration-error.mts'

import { inTransaction, retryDeadlocks } from './transaction.mts'

const model = 'verification'

/** Makes an ID from a SHA-256, given as 64 hexadecimal digits. */
type Form = (hex: string) => string

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function inBase(digits: string, value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= BigInt(digits.length)) {
    text = digits.charAt(Number(rest % BigInt(digits.length))) + text
  }
  return text
}

/** From the longest to the shortest, each of at least 100 bits. */
const FORMS = {
  UUID: (hex) =>
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  // As long as Better Auth's own.
  '32 characters': (hex) => hex.slice(0, 32),
  ULID: (hex) => inBase(crockford, BigInt(`0x${hex.slice(0, 32)}`), 26),
  '21 characters': (hex) => `a${inBase('0123456789abcdefghijklmnopqrstuvwxyz', BigInt(`0x${hex}`), 20)}`,
} satisfies Record<string, Form>

/** The form that MongoDB takes. */
const objectId: Form = (hex) => hex.slice(0, 24)

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** How the rows of an app are told apart: by an ID made from the key, or by the order of the database's own numbers. */
export type RowIds = { byKey: (key: string) => string } | 'by-order'

const byForm = (form: Form): RowIds => ({ byKey: (key) => form(sha256(key)) })

/** Longer than a probe takes and the clocks of servers differ, in milliseconds. */
const PROBE_MS = 600_000

/** Makes a row that reserves nothing. It is not expired: Better Auth deletes expired rows at any request, of any server. */
function newRow() {
  const now = new Date()
  const identifier = `lfi:probe:${randomUUID()}`
  const expiresAt = new Date(now.getTime() + PROBE_MS)
  return { identifier, value: randomUUID(), expiresAt, createdAt: now, updatedAt: now }
}

/** Writes a row, with this ID if one is given. */
const write = ({ adapter }: AuthContext, data: object, id?: string) =>
  adapter.create<Record<string, unknown>>({
    model,
    data: { ...data, ...(id && { id }) },
    ...(id && { forceAllowId: true }),
  })

const remove = ({ adapter }: AuthContext, field: 'id' | 'identifier', value: string): Promise<number> =>
  adapter.deleteMany({ model, where: [{ field, value }] })

/**
 * Whether the table takes IDs of this form. It writes two rows with the same ID: exactly one of them must be there to be deleted
 * by that ID. Some databases truncate an ID, and some adapters replace it with their own. Nothing is read, because a replica of
 * the database may be behind.
 */
async function takes(context: AuthContext, form: Form): Promise<boolean> {
  const [first, second] = [newRow(), newRow()]
  const id = form(sha256(first.identifier))
  try {
    await retryDeadlocks(context, () => write(context, first, id))
    await write(context, second, id).catch(() => undefined)
    return (await retryDeadlocks(context, () => remove(context, 'id', id))) === 1
  } catch {
    return false
  } finally {
    for (const { identifier } of [first, second]) {
      await retryDeadlocks(context, () => remove(context, 'identifier', identifier))
    }
  }
}

/** Whether the database itself makes numbers as IDs. Numbers that an app makes have no order. */
async function numbersRows(context: AuthContext): Promise<boolean> {
  const row = newRow()
  try {
    const { id } = await retryDeadlocks(context, () => write(context, row))
    return context.options.advanced?.database?.generateId === false && /^\d+$/.test(String(id))
  } finally {
    await retryDeadlocks(context, () => remove(context, 'identifier', row.identifier))
  }
}

/**
 * Returns the first form that the table takes. Every server must find the same one, so a temporary error must not skip a form.
 * Once a later form is taken, the refused forms are tried again. A form is skipped only if it is refused twice.
 */
async function formFor(context: AuthContext): Promise<Form | undefined> {
  const refused: Form[] = []
  for (const form of Object.values(FORMS)) {
    if (!(await takes(context, form))) {
      refused.push(form)
      continue
    }
    for (const earlier of refused) if (await takes(context, earlier)) return earlier
    return form
  }
  return undefined
}

async function find(context: AuthContext): Promise<RowIds> {
  const { adapter, options } = context
  if (options.advanced?.database?.generateId === 'serial') return 'by-order'
  const { usesObjectIdKey } = (adapter.options ?? {}) as { usesObjectIdKey?: (model: string) => boolean }
  if (usesObjectIdKey?.(model)) return byForm(objectId)
  // The memory adapter accepts every row. The plugin logs that at start.
  if (adapter.id === 'memory') return byForm(FORMS.UUID)
  const form = await formFor(context)
  if (form) return byForm(form)
  // If the database does not answer, this throws its error.
  if (await numbersRows(context)) return 'by-order'
  throw configurationError(
    `localFirstIdentity needs a table \`verification\` whose \`id\` is a number that the database makes, or takes one of: ${Object.keys(FORMS).join(', ')}.`,
  )
}

// The key is a function of the adapter. If an app's hook returns a copy of its context, the endpoint has a copy of the adapter.
const known = new WeakMap<object, Promise<RowIds>>()

/**
 * Returns how the rows of this app are told apart. Finds that out once, by writing and deleting rows.
 *
 * Inside a transaction it writes no rows, and assumes the usual form, a UUID. A refused row would end the transaction, and
 * SQLite would wait for it without end.
 *
 * @throws BetterAuthError if the table takes no suitable IDs.
 */
export async function rowIdsOf(context: AuthContext): Promise<RowIds> {
  const key = context.adapter.create
  const found = known.get(key)
  if (found) return found
  if (await inTransaction(context)) return byForm(FORMS.UUID)
  // Another request may have begun to find out in between.
  const finding = known.get(key) ?? find(context)
  known.set(key, finding)
  // A failed attempt may succeed at the next request.
  finding.catch(() => known.delete(key))
  return finding
}
