// Shows how long the proof is still valid.

import { say } from './dom.mts'

let timer: ReturnType<typeof setTimeout> | undefined

const left = (expiresAt: number): string => {
  const seconds = Math.ceil(expiresAt - Date.now() / 1000)
  if (seconds <= 0) return 'expired'
  return seconds === 1 ? '1 second' : `${seconds} seconds`
}

/** @param expiresAt - Unix seconds. Without it, nothing is shown. */
export function countDown(expiresAt?: number): void {
  clearTimeout(timer)
  say('countdown', expiresAt === undefined ? '' : left(expiresAt))
  if (expiresAt === undefined || expiresAt * 1000 <= Date.now()) return
  // Runs on the full second, so that it shows "expired" at the right time.
  timer = setTimeout(() => countDown(expiresAt), 1000 - (Date.now() % 1000))
}
