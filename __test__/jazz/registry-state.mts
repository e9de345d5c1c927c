// What Jazz's account registry remembers and decides, without HTTP. JAZZ.md §4.4 has the rules.

import { randomUUID } from 'node:crypto'

import { jazzAccountId } from 'local-first-identity'

export const localFirstIssuer = 'urn:jazz:local-first'
export const anonymousIssuer = 'urn:jazz:anonymous'
const reservedIssuers = ['urn:jazz:system', localFirstIssuer, 'urn:jazz:static-bearer', anonymousIssuer]

/** How long an approval may wait for its candidate, in seconds. */
const intentSeconds = 300

export interface Identity {
  issuer: string
  subject: string
}

/** A successful answer. */
export interface Account {
  account: string
  identity: Identity
  generation: number
}

/** One identity's place in an account, for ever. */
export interface Assignment extends Account {
  active: boolean
}

interface Intent {
  account: string
  approver: Identity
  generation: number
  candidate: Identity
  expiresAt: number
  completed: boolean
}

/** The time of the registry, in Unix seconds. It moves only when a test moves it. */
export interface Clock {
  now: number
  advance(seconds: number): void
}

/** An answer that is not a success. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, code: string) {
    super(code)
    this.status = status
  }
}

const notAssigned = () => new Refused(404, 'identity_not_assigned')
const notAuthorized = () => new Refused(403, 'identity_not_authorized')
const alreadyAssigned = () => new Refused(409, 'identity_already_assigned')
const invalidIntent = () => new Refused(400, 'invalid_link_intent')

const isLocalFirst = ({ issuer }: Identity) => issuer === localFirstIssuer
const keyOf = ({ issuer, subject }: Identity) => JSON.stringify([issuer, subject])
const isSame = (one: Identity, other: Identity) => keyOf(one) === keyOf(other)

/** At least one character that is not a blank, and no lone surrogate. */
export const isUsable = (part: string) => /[^\t-\r ]/.test(part) && !/\p{Surrogate}/u.test(part)
const isExternal = ({ issuer, subject }: Identity) =>
  isUsable(issuer) && isUsable(subject) && !reservedIssuers.includes(issuer)

function refuseLocalFirst(caller: Identity): void {
  if (isLocalFirst(caller)) throw new Refused(400, 'use_local_first_founding')
}

/** Every method is synchronous, so two calls never interleave. The caller is verified before. */
export class RegistryState {
  readonly #appUuid: string
  readonly #clock: Clock
  readonly #assignments = new Map<string, Assignment>()
  readonly #intents = new Map<string, Intent>()

  constructor(appUuid: string, clock: Clock) {
    this.#appUuid = appUuid
    this.#clock = clock
  }

  foundLocalFirst(caller: Identity): Account {
    if (!isLocalFirst(caller)) throw new Refused(400, 'local_first_proof_required')
    if (this.#isAssigned(caller)) return this.login(caller)
    return this.#assign(caller, jazzAccountId(this.#appUuid, caller.subject))
  }

  register(caller: Identity): Account {
    refuseLocalFirst(caller)
    if (this.#isAssigned(caller)) throw alreadyAssigned()
    return this.#assign(caller, randomUUID())
  }

  login(caller: Identity): Account {
    return answerOf(this.#active(caller))
  }

  loginOrRegister(caller: Identity): Account {
    refuseLocalFirst(caller)
    return this.#isAssigned(caller) ? this.login(caller) : this.register(caller)
  }

  requestLink(caller: Identity, candidate: Identity): { nonce: string; expires_at: number } {
    if (!isExternal(candidate)) throw new Refused(400, 'invalid_external_identity')
    const { account, identity: approver, generation } = this.#active(caller)
    if (this.#isAssigned(candidate)) throw alreadyAssigned()
    const nonce = randomUUID()
    const expiresAt = this.#clock.now + intentSeconds
    this.#intents.set(nonce, { account, approver, generation, candidate, expiresAt, completed: false })
    return { nonce, expires_at: expiresAt }
  }

  /** The order of the checks decides what a retry gets, so it is the recorded one. */
  acceptLink(caller: Identity, nonce: string): Account {
    const intent = this.#intents.get(nonce)
    if (!intent || !isSame(intent.candidate, caller)) throw invalidIntent()
    if (intent.completed) return this.login(caller)
    if (intent.expiresAt <= this.#clock.now) throw invalidIntent()
    if (!this.#stillApproves(intent)) throw notAuthorized()
    if (this.#isAssigned(caller)) throw alreadyAssigned()
    intent.completed = true
    return this.#assign(caller, intent.account)
  }

  /** The assignment stays. Its new generation ends what the identity has approved. */
  revoke(caller: Identity, identity: Identity): void {
    const { account } = this.#active(caller)
    const assignment = this.#assignments.get(keyOf(identity))
    if (!assignment) throw notAssigned()
    if (assignment.account !== account) throw notAuthorized()
    if (!assignment.active) return
    assignment.active = false
    assignment.generation += 1
  }

  /** A copy, for assertions. */
  snapshot(): { assignments: Assignment[]; accounts: string[]; intents: (Intent & { nonce: string })[] } {
    const assignments = [...this.#assignments.values()]
    const intents = Array.from(this.#intents, ([nonce, intent]) => ({ nonce, ...intent }))
    const accounts = [...new Set(assignments.map(({ account }) => account))]
    return structuredClone({ assignments, accounts, intents })
  }

  #isAssigned(identity: Identity): boolean {
    return this.#assignments.has(keyOf(identity))
  }

  #active(identity: Identity): Assignment {
    const assignment = this.#assignments.get(keyOf(identity))
    if (!assignment) throw notAssigned()
    if (!assignment.active) throw notAuthorized()
    return assignment
  }

  #assign(identity: Identity, account: string): Account {
    const assignment = { account, identity: { ...identity }, generation: 1, active: true }
    this.#assignments.set(keyOf(identity), assignment)
    return answerOf(assignment)
  }

  /** Every active identity of an account is a manager of it. */
  #stillApproves({ account, approver, generation }: Intent): boolean {
    const assignment = this.#assignments.get(keyOf(approver))
    return assignment?.active === true && assignment.account === account && assignment.generation === generation
  }
}

function answerOf({ account, identity, generation }: Assignment): Account {
  return { account, identity: { ...identity }, generation }
}
