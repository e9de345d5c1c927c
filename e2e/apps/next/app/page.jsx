import { headers } from 'next/headers'

import { auth } from '../auth.js'
import { Device } from './device.jsx'

export default async function Page() {
  const session = await auth.api.getSession({ headers: await headers() })
  return (
    <main>
      <output id="account">{session ? `${session.user.email} ${session.user.jazzId}` : 'signed out'}</output>
      <Device />
    </main>
  )
}
