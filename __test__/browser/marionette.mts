// Firefox's own protocol of automation. It has virtual authenticators, which WebDriver BiDi has not.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

type Answer = [type: number, id: number, error: { message: string } | null, result: unknown]

/**
 * The messages that come: JSON behind its length in bytes and a colon
 * (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
 */
async function* messagesOf(socket: Socket): AsyncGenerator<unknown, never> {
  let received = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const colon = received.indexOf(':')
      const end = colon + 1 + Number(received.toString('latin1', 0, colon))
      if (colon < 0 || received.length < end) break
      yield JSON.parse(received.toString('utf8', colon + 1, end))
      received = received.subarray(end)
    }
  }
  throw new Error('Firefox closed the connection')
}

/** A connection that lasts as long as Firefox: that quits when its client goes. */
export class Marionette {
  readonly #socket: Socket
  readonly #messages: AsyncGenerator<unknown, never>
  #last: Promise<unknown> = Promise.resolve()
  #sent = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#messages = messagesOf(socket)
  }

  static async connect(port: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const marionette = new Marionette(socket)
    // Firefox greets first.
    await marionette.#messages.next()
    return marionette
  }

  /** Sends a command once the one before it is answered. */
  send<Result>(name: string, parameters: object): Promise<Result> {
    const answered = this.#last.then(async () => {
      const text = JSON.stringify([0, ++this.#sent, name, parameters])
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`)
      const [, , error, result] = (await this.#messages.next()).value as Answer
      if (error) throw new Error(`${name}: ${error.message}`)
      return result as Result
    })
    this.#last = answered.catch(() => {})
    return answered
  }
}
