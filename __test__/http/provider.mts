// A provider of accounts: signs JWTs, and serves its keys.

import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

import { listen } from './apps.mts'

export const issuer = 'https://auth.example.com'
export const apiAudience = 'https://api.example.com'

export const now = (): number => Math.floor(Date.now() / 1000)

interface Key {
  kid: string
  alg: string
  privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
  jwk: JWK
}

let keys = 0

export async function newKey(alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const kid = `key-${++keys}`
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } }
}

/** A JWT of `key`; `claims` and `header` change what it says, and `undefined` leaves a claim out. */
export function signJwt(key: Key, claims: Record<string, unknown> = {}, header: object = {}): Promise<string> {
  const payload = { iss: issuer, aud: apiAudience, sub: 'user-1', iat: now(), exp: now() + 300, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey)
}

/** Starts a provider with one key. */
export async function startProvider() {
  const state = { keys: [await newKey()], status: 200, fetched: 0 }
  const { origin, stop } = await listen((_req, res) => {
    state.fetched++
    res.writeHead(state.status, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ keys: state.keys.map(({ jwk }) => jwk) }))
  })
  const jwks = `${origin}/jwks.json`
  return {
    state,
    stop,
    options: { issuer, jwks, audience: apiAudience },
    sign: (claims?: Record<string, unknown>, header?: object) => signJwt(state.keys[0] as Key, claims, header),
  }
}

export type Provider = Awaited<ReturnType<typeof startProvider>>
