// How long the proof that is shown still holds.

import { say } from './dom.mts'

let timer: ReturnType<typeof setTimeout> | undefined

const left = (expiresAt: number): string => {
  const seconds = Math.ceil(expiresAt - Date.now() / 1000)
  if (seconds <= 0) return 'expired'
  return seconds === 1 ? '1 second' : `${seconds} seconds`
}

/** @param expiresAt - Unix seconds; without it there is nothing to count. */
export function countDown(expiresAt?: number): void {
  clearTimeout(timer)
  say('countdown', expiresAt === undefined ? '' : left(expiresAt))
  if (expiresAt === undefined || expiresAt * 1000 <= Date.now()) return
  // On the second, so that it says "expired" when it is.
  timer = setTimeout(() => countDown(expiresAt), 1000 - (Date.now() % 1000))
}
