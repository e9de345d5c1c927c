import { identityProof } from 'local-first-identity/fetch'

const takeProof = identityProof({ audience: 'my-app-signup' })

export async function POST(request) {
  const body = await request.json().catch(() => null)
  const proof = await takeProof(request, body)
  if (!proof.ok) return proof.response
  // Make the account here, with `proof.id` in a unique column.
  return Response.json({ jazzId: proof.id }, { status: 201 })
}
