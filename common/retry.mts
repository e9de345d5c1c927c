/** The number of attempts in all. */
const TRIES = 10

/**
 * Runs `attempt` until it succeeds, at most ten times.
 *
 * @param mayPass - Called after each failure. Returns whether the next attempt may succeed. If not, the error is thrown at
 *   once.
 * @throws The error of the last attempt.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  mayPass: (error: unknown) => boolean | Promise<boolean>,
  tries = TRIES,
): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (!(await mayPass(error)) || tries === 1) throw error
    return retry(attempt, mayPass, tries - 1)
  }
}
