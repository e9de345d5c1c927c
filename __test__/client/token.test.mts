// A guest's token for an API behind `session({ appId })`, and a fetch that keeps it fresh.

import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'

import {
  createLocalFirstFetch,
  deriveUserId,
  generateAuthSecret,
  getLocalFirstToken,
} from 'local-first-identity/client'
import { session } from 'local-first-identity/fetch'

const appId = 'my-app'
const origin = 'https://api.example.com'
const whose = session({ appId })

const bearerOf = (request: Request) => request.headers.get('authorization')
/** Whose a request is, as a server finds it. */
async function userOf(request: Request) {
  const found = await whose(request)
  return found.ok ? found.userId : (await found.response.json()).code
}

describe('getLocalFirstToken', () => {
  it('gives a token that `session` accepts as the guest’s', async () => {
    const secret = generateAuthSecret()
    const authorization = `Bearer ${getLocalFirstToken({ secret, appId })}`
    assert.equal(await userOf(new Request(origin, { headers: { authorization } })), deriveUserId(secret))
  })

  it('holds for 300 seconds by default, and for an hour at most', () => {
    const secret = generateAuthSecret()
    const lifetime = (ttlSeconds?: number) => {
      const [, claims = ''] = getLocalFirstToken({ secret, appId, ...(ttlSeconds && { ttlSeconds }) }).split('.')
      const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
      return exp - iat
    }
    assert.deepEqual([lifetime(), lifetime(3_600)], [300, 3_600])
    assert.throws(() => lifetime(3_601), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' })
  })

  it('names what is wrong', () => {
    const secret = generateAuthSecret()
    for (const [options, message] of [
      [{ secret }, 'getLocalFirstToken: `appId` must be a string of at least one character'],
      [{ secret, appId, audience: 'x' }, 'getLocalFirstToken: there is no option `audience`'],
      [{ secret: 'x', appId }, 'secret must be 32 bytes as 43 characters of base64url without padding'],
    ] as const) {
      assert.throws(() => getLocalFirstToken(options as never), { name: 'TypeError', message })
    }
  })
})

describe('createLocalFirstFetch', () => {
  /** The requests that reach the network. */
  function network(answer = () => new Response('{}')) {
    const requests: Request[] = []
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      requests.push(new Request(input, init))
      return answer()
    }
    return { requests, fetch }
  }

  it('sends the token to the origin of the API, and nowhere else', async () => {
    const [secret, { requests, fetch }] = [generateAuthSecret(), network()]
    const guestFetch = createLocalFirstFetch({ appId, origin, getSecret: () => secret, fetch })
    await guestFetch(`${origin}/notes`)
    await guestFetch(new URL('/notes', origin), { method: 'PUT', body: 'x', headers: { 'content-type': 'text/plain' } })
    await guestFetch(new Request(`${origin}/notes`, { headers: { accept: 'text/plain' } }))
    for (const elsewhere of [
      'https://evil.example/',
      'http://api.example.com/',
      'https://api.example.com:8443/',
      'data:,x',
    ])
      await guestFetch(elsewhere)
    const users = await Promise.all(requests.slice(0, 3).map(userOf))
    assert.deepEqual(users, Array(3).fill(deriveUserId(secret)))
    assert.deepEqual(requests.slice(3).map(bearerOf), [null, null, null, null])
    assert.deepEqual(
      [requests[1]?.method, await requests[1]?.text(), requests[1]?.headers.get('content-type')],
      ['PUT', 'x', 'text/plain'],
    )
    assert.equal(requests[2]?.headers.get('accept'), 'text/plain')
  })

  it('keeps a token for half of its life', async () => {
    const [secret, { requests, fetch }] = [generateAuthSecret(), network()]
    const guestFetch = createLocalFirstFetch({ appId, origin, getSecret: () => secret, fetch })
    mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
    try {
      await guestFetch(origin)
      mock.timers.tick(149_000)
      await guestFetch(origin)
      mock.timers.tick(1_000)
      await guestFetch(origin)
    } finally {
      mock.timers.reset()
    }
    const [first, second, third] = requests.map(bearerOf)
    assert.equal(second, first)
    assert.notEqual(third, first)
  })

  it('follows the secret of the device', async () => {
    const { requests, fetch } = network()
    const secrets: (string | null)[] = [generateAuthSecret(), generateAuthSecret(), null]
    const guestFetch = createLocalFirstFetch({
      appId,
      origin,
      getSecret: async () => secrets[requests.length] ?? null,
      fetch,
    })
    for (const _ of secrets) await guestFetch(origin)
    assert.deepEqual(await Promise.all(requests.map(userOf)), [
      deriveUserId(secrets[0] ?? ''),
      deriveUserId(secrets[1] ?? ''),
      'missing',
    ])
  })

  it('sends the JWT of an account in place of the guest’s token', async () => {
    const { requests, fetch } = network()
    const jwts = ['a.b.c', null]
    const guestFetch = createLocalFirstFetch({
      appId,
      origin,
      getSecret: () => generateAuthSecret(),
      getJwt: () => jwts[requests.length] ?? null,
      fetch,
    })
    await guestFetch(origin)
    await guestFetch(origin)
    assert.equal(requests.map(bearerOf)[0], 'Bearer a.b.c')
    assert.match(requests.map(bearerOf)[1] ?? '', /^Bearer ey/)
  })

  it('leaves a header that the caller has set', async () => {
    const { requests, fetch } = network()
    const guestFetch = createLocalFirstFetch({ appId, origin, getSecret: () => generateAuthSecret(), fetch })
    await guestFetch(origin, { headers: { authorization: 'Basic eA==' } })
    assert.deepEqual(requests.map(bearerOf), ['Basic eA=='])
  })

  it('throws what getSecret and getJwt throw, and sends nothing', async () => {
    const { requests, fetch } = network()
    const fails = () => Promise.reject(new Error('locked'))
    for (const options of [{ getSecret: fails }, { getSecret: () => null, getJwt: fails }])
      await assert.rejects(createLocalFirstFetch({ appId, origin, fetch, ...options })(origin), { message: 'locked' })
    assert.deepEqual(requests, [])
  })

  it('names what is wrong when it is made', () => {
    const good = { appId, origin, getSecret: () => null }
    for (const [wrong, message] of [
      [{ appId: '' }, '`appId` must be a string of at least one character'],
      [{ getSecret: 'x' }, '`getSecret` must be a function'],
      [{ getJwt: 'x' }, '`getJwt` must be a function'],
      [{ fetch: 'x' }, '`fetch` must be a function'],
      [{ origin: 'api.example.com' }, '`origin` must be an http(s) origin, such as `https://api.example.com`'],
      [
        { origin: 'https://api.example.com/v1' },
        '`origin` must be an http(s) origin, such as `https://api.example.com`',
      ],
      [{ origin: 'data:,x' }, '`origin` must be an http(s) origin, such as `https://api.example.com`'],
      [{ origin: undefined }, '`origin` must be an http(s) origin, such as `https://api.example.com`'],
      [{ orign: origin }, 'there is no option `orign`; did you mean `origin`?'],
    ] as const) {
      assert.throws(() => createLocalFirstFetch({ ...good, ...wrong } as never), {
        name: 'TypeError',
        message: `createLocalFirstFetch: ${message}`,
      })
    }
  })
})
