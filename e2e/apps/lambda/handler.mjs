import { verifyLocalFirstIdentityProof } from 'local-first-identity'

export const handler = async (event) => {
  const { proofToken } = JSON.parse(event.body)
  const { ok, id, code } = verifyLocalFirstIdentityProof(proofToken, 'e2e-signup')
  return { statusCode: ok ? 200 : 400, body: JSON.stringify(ok ? { id } : { code }) }
}
