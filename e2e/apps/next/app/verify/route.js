import { verifyLocalFirstIdentityProof } from 'local-first-identity'

export async function POST(request) {
  const { proofToken } = await request.json()
  const { ok, id, code } = verifyLocalFirstIdentityProof(proofToken, 'e2e-signup')
  return ok ? Response.json({ id }) : Response.json({ code }, { status: 400 })
}
