// A person's device: its secret, and what it asks the app.

import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

import { APP_ID, SIGN_UP_AUDIENCE } from './audiences.mts'

/** A response of the app. The request and the status determine which members it has. */
interface Answer {
  token?: string
  notes?: { author: string; text: string }[]
  author?: string
  text?: string
  error?: string
  code?: string
}

async function send(url: string, init: RequestInit) {
  const response = await fetch(url, init)
  return { status: response.status, body: (await response.json()) as Answer }
}

/** Makes a new device, with a new identity. */
export function createDevice(origin: string) {
  const secret = generateAuthSecret()
  // In a Jazz app: `db.getLocalFirstIdentityProof({ ttlSeconds, audience })`.
  const proof = (ttlSeconds = 60) => mintLocalFirstToken(secret, SIGN_UP_AUDIENCE, ttlSeconds)
  const ask = (method: string, path: string, body: object | undefined, token?: string) =>
    send(`${origin}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    })
  return {
    identity: deriveUserId(secret),
    proof,
    /** Mints a token for data, which needs no account. */
    guestToken: () => mintLocalFirstToken(secret, APP_ID, 60),
    signUp: (email: string, password: string, proofToken: unknown = proof()) =>
      ask('POST', '/signup', { email, password, proofToken }),
    signIn: (email: string, password: string) => ask('POST', '/signin', { email, password }),
    readNotes: (token: string) => ask('GET', '/notes', undefined, token),
    writeNote: (token: string, text: string) => ask('PUT', '/notes', { text }, token),
  }
}

export type Device = ReturnType<typeof createDevice>
