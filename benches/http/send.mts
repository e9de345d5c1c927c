import { Agent, request } from 'node:http'

/** What is sent to `POST /signup`. */
export interface Message {
  headers?: Record<string, string | string[]>
  body?: string
}

export interface Answer {
  /** 0 if the connection failed. */
  status: number
  /** The `code` of the body or of the connection's failure. */
  code: string | undefined
  id: string | undefined
  /** The connection's port at this end. */
  port: number | undefined
}

/** @returns What sends a message over one of so many connections, and tells the answer to it; and what ends them. */
export function sender(origin: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  const send = ({ headers = {}, body = '{}' }: Message): Promise<Answer> =>
    new Promise((resolve) => {
      const fail = (error: NodeJS.ErrnoException) =>
        resolve({ status: 0, code: error.code, id: undefined, port: undefined })
      const all = { 'content-type': 'application/json', ...headers }
      const sent = request(`${origin}/signup`, { agent, method: 'POST', headers: all, timeout: 10_000 }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', fail)
        response.on('end', () => {
          const { code, id } = JSON.parse(Buffer.concat(chunks).toString() || '{}')
          resolve({ status: response.statusCode ?? 0, code, id, port: sent.socket?.localPort })
        })
      })
      sent.on('timeout', () => sent.destroy())
      sent.on('error', fail)
      sent.end(body)
    })
  return { send, end: () => agent.destroy() }
}
