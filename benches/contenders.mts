// The same check, written by hand on each library: from a token to the user ID it proves, or a throw.

import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { createRequire } from 'node:module'

import * as noble from '@noble/ed25519'
import { createVerifier } from 'fast-jwt'
import * as jose from 'jose'
import { verifyLocalFirstIdentityProof } from 'local-first-identity'

import packageJson from '../package.json' with { type: 'json' }
import peersJson from './peers/package.json' with { type: 'json' }

export interface Contender {
  name: string
  /** What this code does not check, though the addon does. */
  leavesOut: string
  check(token: string): string | Promise<string>
}

export const audience = 'betterauth-signup'
const aud = '9e0495df-0c67-5225-9628-35b8335fb38c'
const iss = 'urn:jazz:local-first'
const skewSeconds = 60
const maxTtlSeconds = 3600

interface Claims {
  iss: string
  sub: string
  aud: string
  jazz_pub_key: string
  iat: number
  exp: number
}

// Installed by `npm run bench` alone.
const {
  verifySync,
}: {
  verifySync(token: string, pem: string, validation: { algorithms: string[]; iss: string[]; aud: string[] }): unknown
} = createRequire(new URL('./peers/', import.meta.url))('@node-rs/jsonwebtoken')

const versions = { ...packageJson.dependencies, ...packageJson.devDependencies, ...peersJson.dependencies }
/** Version of a contender, as `package.json` pins it. */
const version = (name: keyof typeof versions) => versions[name].replace(/^\D/, '')

const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString())

/** All that is neither the signature nor the library's to check. */
function userIdOf(claims: Claims): string {
  const now = Date.now() / 1000
  if (Object.keys(claims).length !== 6) throw new Error('claims')
  if (!Number.isInteger(claims.iat) || !Number.isInteger(claims.exp)) throw new Error('times')
  if (claims.iss !== iss || claims.aud !== aud) throw new Error('issuer or audience')
  if (claims.iat > now + skewSeconds || claims.exp <= now) throw new Error('time')
  if (claims.exp - claims.iat > maxTtlSeconds) throw new Error('lifetime')
  const publicKey = Buffer.from(claims.jazz_pub_key, 'base64url')
  const hash = createHash('sha1').update('jazz-auth-key-v1').update(publicKey).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)]
  if (claims.sub !== parts.join('-')) throw new Error('subject')
  return claims.sub
}

const keyOf = (claims: Claims): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: claims.jazz_pub_key }, format: 'jwk' })

const pemOf = (claims: Claims): string => keyOf(claims).export({ format: 'pem', type: 'spki' }).toString()

function split(token: string) {
  const [header, payload, signature] = token.split('.')
  const { alg, crit } = decode(header)
  if (alg !== 'EdDSA' || crit !== undefined) throw new Error('header')
  return {
    claims: decode(payload) as Claims,
    signingInput: Buffer.from(`${header}.${payload}`),
    signature: Buffer.from(signature ?? '', 'base64url'),
  }
}

noble.hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest())

const laxForm = 'strict base64url, duplicate members, canonical keys'

export const contenders: Contender[] = [
  {
    name: 'local-first-identity',
    leavesOut: '',
    check(token) {
      const { ok, id, error } = verifyLocalFirstIdentityProof(token, audience)
      if (!ok) throw new Error(error)
      return id
    },
  },
  {
    name: 'node:crypto by hand',
    leavesOut: `${laxForm}, small-order keys`,
    check(token) {
      const { claims, signingInput, signature } = split(token)
      const id = userIdOf(claims)
      if (!verify(null, signingInput, keyOf(claims), signature)) throw new Error('signature')
      return id
    },
  },
  {
    name: `@node-rs/jsonwebtoken ${version('@node-rs/jsonwebtoken')}`,
    leavesOut: laxForm,
    check(token) {
      const { claims } = split(token)
      const id = userIdOf(claims)
      verifySync(token, pemOf(claims), { algorithms: ['EdDSA'], iss: [iss], aud: [aud] })
      return id
    },
  },
  {
    name: `fast-jwt ${version('fast-jwt')}`,
    leavesOut: laxForm,
    check(token) {
      const { claims } = split(token)
      const id = userIdOf(claims)
      createVerifier({ key: pemOf(claims), algorithms: ['EdDSA'], allowedIss: iss, allowedAud: aud })(token)
      return id
    },
  },
  {
    name: `jose ${version('jose')}`,
    leavesOut: laxForm,
    async check(token) {
      const { jazz_pub_key: x } = jose.decodeJwt<Claims>(token)
      const key = await jose.importJWK({ kty: 'OKP', crv: 'Ed25519', x: x ?? '' }, 'EdDSA')
      const { payload } = await jose.jwtVerify<Claims>(token, key, {
        algorithms: ['EdDSA'],
        issuer: iss,
        audience: aud,
      })
      return userIdOf(payload)
    },
  },
  {
    name: `@noble/ed25519 ${version('@noble/ed25519')}`,
    leavesOut: laxForm,
    check(token) {
      const { claims, signingInput, signature } = split(token)
      const id = userIdOf(claims)
      const publicKey = Buffer.from(claims.jazz_pub_key, 'base64url')
      if (!noble.verify(signature, signingInput, publicKey, { zip215: false })) throw new Error('signature')
      return id
    },
  },
]
