import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'

import { verifyLocalFirstIdentityProof } from 'local-first-identity'
import { useLocalFirstAuth } from 'local-first-identity/client/react'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'

const Identity = () => createElement('p', null, useLocalFirstAuth().isLoading ? 'loading' : 'there')

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return response.end(renderToString(createElement(Identity)))
  const { proofToken } = await json(request)
  const { ok, id, code } = verifyLocalFirstIdentityProof(proofToken, 'e2e-signup')
  response.writeHead(ok ? 200 : 400, { 'content-type': 'application/json' })
  response.end(JSON.stringify(ok ? { id } : { code }))
})

server.listen(Number(process.env.PORT), '127.0.0.1')
