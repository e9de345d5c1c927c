import type { Answer } from './send.mts'

/** The status of an answer, and its code. */
export type Expected = [status: number, code: string | undefined]

/** Counts answers by kind of request, status and code, and keeps what should not have been. */
export class Tally {
  readonly #counts = new Map<string, number>()
  readonly #wrong: string[] = []
  total = 0
  faults = 0

  /** @param expected - The answers that are right. */
  note(kind: string, { status, code }: Answer, expected: Expected[]): void {
    const row = `| ${kind} | ${status} | ${code ?? ''} |`
    this.#counts.set(row, (this.#counts.get(row) ?? 0) + 1)
    this.total += 1
    if (status >= 500) this.faults += 1
    if (!expected.some((one) => one[0] === status && one[1] === code)) this.wrong(`answered: ${row}`)
  }

  wrong(what: string): void {
    this.#wrong.push(what)
  }

  print(): void {
    console.log('| proof | status | code | answers |\n|---|---:|---|---:|')
    for (const [row, count] of [...this.#counts].sort()) console.log(`${row} ${count.toLocaleString('en')} |`)
    console.log()
  }

  /** What should not have been: how often, and the first of it. */
  problems(): string[] {
    const { length } = this.#wrong
    return length > 10 ? [...this.#wrong.slice(0, 10), `and ${length - 10} more`] : this.#wrong
  }
}
