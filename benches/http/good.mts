// Good proofs. Each is sent four times at once, and twice again much later, and must be accepted once.

import { deriveUserId, generateAuthSecret, mintLocalFirstToken } from 'local-first-identity'

import type { Answer, Message } from './send.mts'
import type { Expected, Tally } from './tally.mts'
import { AUDIENCE, signUpBody } from './tokens.mts'

interface Proof {
  token: string
  id: string
  accepted: number
  /** The client's ports: one a connection. */
  ports: Set<number | undefined>
}

const ACCEPTED: Expected = [200, undefined]
const USED: Expected = [401, 'already-used']
/** How many proofs are made before one of them is sent again. */
const LATER = 300

export class GoodProofs {
  readonly #made: Proof[] = []
  #sentAgain = 0
  readonly #send: (message: Message) => Promise<Answer>
  readonly #tally: Tally

  constructor(send: (message: Message) => Promise<Answer>, tally: Tally) {
    this.#send = send
    this.#tally = tally
  }

  async sendNew(): Promise<void> {
    const secret = generateAuthSecret()
    const token = mintLocalFirstToken(secret, AUDIENCE, 120)
    const proof: Proof = { token, id: deriveUserId(secret), accepted: 0, ports: new Set() }
    const deliver = () => this.#deliver(proof, { body: signUpBody(token) }, 'good, four at once', [ACCEPTED, USED])
    await Promise.all([deliver(), deliver(), deliver(), deliver()])
    this.#made.push(proof)
  }

  /** Whether there is a proof that was made so long ago that it is to be sent again. */
  hasOld(later = LATER): boolean {
    return this.#made.length - this.#sentAgain > later
  }

  async sendOld(): Promise<void> {
    const proof = this.#made[this.#sentAgain++]
    if (!proof) return
    const { token } = proof
    await this.#deliver(proof, { body: signUpBody(token) }, 'good, again', [USED])
    await this.#deliver(proof, { headers: { 'x-local-first-proof': token } }, 'good, again, in the header', [USED])
  }

  /** Notes each proof that was not accepted exactly once, and says in a sentence what there was. */
  checkAll(): string {
    for (const { accepted } of this.#made) {
      if (accepted !== 1) this.#tally.wrong(`a good proof was accepted ${accepted} times`)
    }
    const connections = this.#made.map(({ ports }) => ports.size)
    const once = this.#made.filter(({ accepted }) => accepted === 1).length
    const count = this.#made.length
    return (
      `${count.toLocaleString('en')} good proofs, each sent six times, over ${Math.min(...connections)} to ` +
      `${Math.max(...connections)} connections: ${once.toLocaleString('en')} accepted exactly once.`
    )
  }

  async #deliver(proof: Proof, message: Message, kind: string, expected: Expected[]): Promise<void> {
    const answer = await this.#send(message)
    this.#tally.note(kind, answer, expected)
    proof.ports.add(answer.port)
    if (answer.status !== 200) return
    proof.accepted += 1
    if (answer.id !== proof.id) this.#tally.wrong('a good proof gave another identity')
  }
}
