'use server'

import { headers } from 'next/headers'

import { auth } from '../auth.js'

export async function requestLink(email, proofToken) {
  const body = { email, name: 'x', callbackURL: '/', proofToken }
  const { status } = await auth.api.signInMagicLink({ body, headers: await headers() })
  return status ? 'sent' : 'not sent'
}
