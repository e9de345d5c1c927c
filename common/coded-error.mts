/** An error with a stable `code` for programs and a message for people. */
export abstract class CodedError<Code extends string> extends Error {
  /** What went wrong: stable, for programs. */
  readonly code: Code

  /**
   * @param code - One of the subclass's codes.
   * @param message - A fixed sentence. It contains no secret and no text that a stranger sent.
   * @param options - `cause`: the error behind this one.
   */
  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
