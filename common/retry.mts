/** How often something is tried that may fail for a moment, in all. */
const TRIES = 10

/**
 * Runs `attempt` until it succeeds, at most ten times.
 *
 * @param mayPass - Whether a fault may be gone at the next try; if not, it is thrown at once. Asked after each failure.
 * @throws What the last attempt threw.
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
