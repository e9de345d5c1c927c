// Real processes under a system clock that is wrong, set by libfaketime. It stands still, so that seconds are exact.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { absence } from './services.mts'
import { audience, goodToken, now, secret } from './support.mts'

// Whether a timer fires must not hang on the clock that the test sets.
const env = { ...process.env, TZ: 'UTC', FAKETIME_DONT_FAKE_MONOTONIC: '1' }

/** What a program prints whose system clock shows `time`. */
const under = (time: string, program: string) =>
  execFileSync('faketime', ['-f', time, process.execPath, '--eval', program], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })

const skip = await absence('faketime', 'apt-get install faketime', async () =>
  assert.equal(
    under('2001-02-03 04:05:06', 'process.stdout.write(new Date().toISOString())'),
    '2001-02-03T04:05:06.000Z',
  ),
)

/** What comes of each call, in one process after the other: of a verdict its code, of a token its claims. */
function outcomes(time: string, calls: string[]): unknown[] {
  const program = `
    const { verifyLocalFirstIdentityProof: verify, mintLocalFirstToken: mint } = require('local-first-identity')
    const [token, audience, secret, now] = ${JSON.stringify([goodToken, audience, secret, now])}
    const told = (value) => {
      if (typeof value === 'object') return value.ok ? 'ok' : value.code
      const { iat, exp } = JSON.parse(Buffer.from(value.split('.')[1], 'base64url'))
      return [iat, exp]
    }
    const attempt = (call) => {
      try { return told(call()) } catch (error) { return error.constructor.name + ': ' + error.message }
    }
    console.log(JSON.stringify([${calls.map((call) => `() => ${call}`)}].map(attempt)))
  `
  return JSON.parse(under(time, program))
}

describe('a wrong clock', { skip }, () => {
  const judge = 'verify(token, audience)'
  const told = 'verify(token, audience, { now })'
  const mint = 'mint(secret, audience, 60)'
  const calls = [judge, mint, told, 'mint(secret, audience, 60, { now })', judge, mint]
  const unharmed = ['ok', [now, now + 60]]

  for (const time of ['1901-12-13 20:45:52', '1969-07-20 20:17:00', '1969-12-31 23:59:59']) {
    it(`${time}: an error that names it, never a verdict, and the process lives on`, () => {
      const error = 'Error: the system clock is set to before 1970'
      assert.deepEqual(outcomes(time, calls), [error, error, ...unharmed, error, error])
      assert.deepEqual(outcomes(time, ['verify(undefined, audience)', 'verify("x", audience)']), [error, error])
    })
  }

  it('the first seconds of 1970: the proof is from the future', () => {
    const at = (second: number) => ['issued-in-future', [second, second + 60]]
    assert.deepEqual(outcomes('1970-01-01 00:00:00', calls), [...at(0), ...unharmed, ...at(0)])
    assert.deepEqual(outcomes('1970-01-01 00:00:01', calls), [...at(1), ...unharmed, ...at(1)])
  })

  it('2500: the proof has expired', () => {
    const at = ['expired', [16_725_225_600, 16_725_225_660]]
    assert.deepEqual(outcomes('2500-01-01 00:00:00', calls), [...at, ...unharmed, ...at])
  })

  it('the last second of 9999: a lifetime that fits is minted, and one that does not is the caller’s mistake', () => {
    const range = 'RangeError: ttlSeconds must not reach beyond the year 9999'
    const calls = [judge, 'mint(secret, audience, 1)', 'mint(secret, audience, 2)', mint]
    const last = [253_402_300_798, 253_402_300_799]
    assert.deepEqual(outcomes('9999-12-31 23:59:58', calls), ['expired', last, range, range])
  })

  // libfaketime reads no year of five digits, but adds to the clock as much as it is told to.
  it('beyond the year 9999: the proof has expired, and no lifetime is to blame for what cannot be minted', () => {
    const error = 'Error: the system clock is set to beyond the year 9999'
    assert.deepEqual(outcomes('+9000y', calls), ['expired', error, ...unharmed, 'expired', error])
  })
})
