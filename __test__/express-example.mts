// The Express example, started as a reader would, and what its tests ask it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

import type { Device } from '../examples/express/device.mts'
import { startExample } from '../examples/start-example.mts'

/** Goes when the test file that imports this has ended. */
export const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-test-'))
after(() => rmSync(folder, { recursive: true }))

/** Starts the example, with a rate limit that no test reaches unless it wants to. */
export const start = (env: Record<string, string>) => startExample({ RATE_LIMIT: '100000', ...env }, 'express')

export const password = 'correct horse battery'
let people = 0
export const newEmail = () => `person${++people}@example.com`

/** Status and code of an answer, whose body must have a sentence and nothing else. */
export function refusal({ status, body }: { status: number; body: { error?: string; code?: string } }): string {
  const { error, code, ...rest } = body
  assert.deepEqual(rest, {})
  assert.match(error ?? '', /^[A-Z][^\n]*\.$/)
  return `${status} ${code}`
}

export async function signUp(device: Device, email = newEmail()): Promise<string> {
  const { status, body } = await device.signUp(email, password)
  assert.deepEqual([status, Object.keys(body)], [201, ['token']])
  return body.token ?? assert.fail()
}

/** Asks as a stranger would. */
export async function post(url: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as { code?: string } }
}

/** Changes one letter in the middle of the signature. */
export const forge = (token: string) => `${token.slice(0, -40)}${token.at(-40) === 'A' ? 'B' : 'A'}${token.slice(-39)}`
