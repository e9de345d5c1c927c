'use client'

import { createAuthClient } from 'better-auth/react'
import { localFirstIdentityClient } from 'local-first-identity/better-auth/client'
import {
  BrowserAuthSecretStore,
  createLocalFirstAuth,
  deriveUserId,
  getLocalFirstIdentityProof,
} from 'local-first-identity/client'
import { useLocalFirstAuth } from 'local-first-identity/client/react'
import { useState } from 'react'

import { requestLink } from './actions.js'

const store = new BrowserAuthSecretStore({ appId: 'e2e' })
const localFirstAuth = createLocalFirstAuth(store)
const getProof = async () =>
  getLocalFirstIdentityProof({ secret: await store.getOrCreateSecret(), audience: 'e2e-signup' })
const authClient = createAuthClient({ plugins: [localFirstIdentityClient({ getProof })] })

export function Device() {
  const { secret, isLoading } = useLocalFirstAuth(localFirstAuth)
  const [said, setSaid] = useState('')

  const signUp = async (form) => {
    const [email, password] = ['email', 'password'].map((name) => form.get(name))
    const { error } = await authClient.signUp.email({ email, password, name: 'x' })
    setSaid(error?.code ?? 'signed up')
  }
  const sendLink = async (form) => {
    setSaid(await requestLink(form.get('email'), await getProof()))
  }

  return (
    <>
      <output id="identity">{isLoading ? 'loading' : deriveUserId(secret)}</output>
      <output id="said">{said}</output>
      <form>
        <input name="email" aria-label="E-mail" />
        <input name="password" aria-label="Password" type="password" />
        <button type="submit" formAction={signUp}>
          Sign up
        </button>
        <button type="submit" formAction={sendLink}>
          Send link
        </button>
      </form>
    </>
  )
}
