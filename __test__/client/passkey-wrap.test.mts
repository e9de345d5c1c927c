// How a secret is encrypted under a passkey's output, against Node's own implementation of the same.

import assert from 'node:assert/strict'
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { it } from 'node:test'

import { PRF_INPUT, unwrap, wrap } from '../../client/backup/passkey-wrap.mts'

const [secret, prf, handle] = [32, 32, 28].map((length) => Uint8Array.from(randomBytes(length))) as [
  Uint8Array<ArrayBuffer>,
  Uint8Array<ArrayBuffer>,
  Uint8Array<ArrayBuffer>,
]

it('is AES-256-GCM under HKDF-SHA-256, bound to the user handle', async () => {
  const wrapped = Buffer.from(await wrap(secret, prf, handle))
  assert.equal(wrapped.length, 60)
  const label = 'local-first-identity passkey backup v1'
  assert.equal(Buffer.from(PRF_INPUT).toString(), label)
  const key = Buffer.from(hkdfSync('sha256', prf, Buffer.alloc(32), label, 32))
  const cipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, 12))
  cipher.setAAD(handle).setAuthTag(wrapped.subarray(44))
  assert.deepEqual(Buffer.concat([cipher.update(wrapped.subarray(12, 44)), cipher.final()]), Buffer.from(secret))
})

it('never has the same initialisation vector', async () => {
  const wrapped = await Promise.all(Array.from({ length: 100 }, () => wrap(secret, prf, handle)))
  assert.equal(new Set(wrapped.map((bytes) => bytes.subarray(0, 12).join())).size, 100)
})

it('opens for the same passkey and handle alone', async () => {
  const wrapped = await wrap(secret, prf, handle)
  assert.deepEqual(await unwrap(wrapped, prf, handle), secret)
  const change = (bytes: Uint8Array<ArrayBuffer>, at: number) => bytes.with(at, (bytes[at] ?? 0) ^ 1)
  const refused = { name: 'OperationError' }
  await assert.rejects(unwrap(wrapped, change(prf, 31), handle), refused)
  await assert.rejects(unwrap(wrapped, prf, change(handle, 0)), refused)
  for (const at of [0, 11, 12, 43, 44, 59]) await assert.rejects(unwrap(change(wrapped, at), prf, handle), refused)
  await assert.rejects(unwrap(wrapped.subarray(0, 20), prf, handle), refused)
})
