import { CodedError } from '../../common/coded-error.mts'

/**
 * Why a backup was not made or read:
 * - `not-supported`: the browser has no passkeys, the page has no HTTPS, or the passkey is reached without an extension that
 *   its backup needs
 * - `invalid-secret`: the argument of `backup` is not a secret
 * - `cancelled`: the person cancelled, took too long, or has no passkey here; browsers do not say which. Offer another way
 * - `busy`: another request for a passkey is pending, such as autofill (`mediation: 'conditional'`); abort it by its
 *   `AbortSignal` first
 * - `verification-failed`: the passkey did not check that a person was there, or did not verify who
 * - `create-failed`: any other failure of `backup`; `cause` has the browser's error. A `SecurityError` means that
 *   `appHostname` is not the page's
 * - `get-failed`: any other failure of `restore`; `cause` has the browser's error
 * - `no-credential`: the browser returned no passkey and no error
 * - `invalid-credential`: the passkey is another app's, or was changed
 */
export type PasskeyBackupErrorCode =
  | 'not-supported'
  | 'invalid-secret'
  | 'cancelled'
  | 'busy'
  | 'verification-failed'
  | 'create-failed'
  | 'get-failed'
  | 'no-credential'
  | 'invalid-credential'

const MESSAGES: Readonly<Record<PasskeyBackupErrorCode, string>> = {
  'not-supported': 'Passkeys do not work here.',
  'invalid-secret': 'A secret must be 32 bytes as 43 characters of base64url without padding.',
  cancelled: 'No passkey was chosen: there is none, it took too long, or it was cancelled.',
  busy: 'Another request for a passkey is pending.',
  'verification-failed': 'The passkey did not check who used it.',
  'create-failed': 'The passkey could not be made.',
  'get-failed': 'The passkey could not be read.',
  'no-credential': 'There is no passkey.',
  'invalid-credential': 'The passkey has no backup that can be read.',
}

/**
 * Thrown when a backup is not made or not read. `cause` is the browser's error, if there was one. Never has the secret.
 *
 * @example
 * if (error instanceof PasskeyBackupError && error.code === 'cancelled') console.log(error.message)
 */
export class PasskeyBackupError extends CodedError<PasskeyBackupErrorCode> {
  override readonly name = 'PasskeyBackupError'

  /**
   * @param code - What went wrong.
   * @param cause - The browser's error. Default: none.
   */
  constructor(code: PasskeyBackupErrorCode, cause?: unknown) {
    super(code, MESSAGES[code], cause === undefined ? undefined : { cause })
  }
}

/** Converts a browser's error to one with a code (Web Authentication Level 3, §5.1.3 and §5.1.4). */
export function passkeyError(fallback: 'create-failed' | 'get-failed', cause: unknown): PasskeyBackupError {
  if (cause instanceof PasskeyBackupError) return cause
  const name = (cause as { name?: unknown } | null)?.name
  // By design, browsers do not tell a page which of the three cases it was.
  if (name === 'NotAllowedError' || name === 'AbortError') return new PasskeyBackupError('cancelled', cause)
  if (name === 'NotSupportedError' || name === 'ConstraintError') {
    return new PasskeyBackupError('not-supported', cause)
  }
  // Credential Management Level 1, §2.5.1: one request at a time.
  if (name === 'OperationError') return new PasskeyBackupError('busy', cause)
  return new PasskeyBackupError(fallback, cause)
}
