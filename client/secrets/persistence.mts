/**
 * What a browser says of a site's storage (Storage Standard, §4):
 * - `persistent`: it is kept until the person deletes it
 * - `best-effort`: the browser may delete it, when space is short or after some days without a visit
 * - `unsupported`: the browser does not say
 */
export type StoragePersistence = 'persistent' | 'best-effort' | 'unsupported'

/**
 * Asks the browser to keep what this site stores until the person deletes it. Firefox asks the person, so call it in a handler
 * of their click; the others decide by themselves, at once.
 *
 * @returns The browser's answer. Never rejects. In Firefox, not before the person has answered.
 */
export async function requestPersistentStorage(): Promise<StoragePersistence> {
  try {
    return (await navigator.storage.persist()) ? 'persistent' : 'best-effort'
  } catch {
    return 'unsupported'
  }
}

/** Whether to ask would interrupt the person: Firefox has a question for them. */
async function wouldInterrupt(): Promise<boolean> {
  try {
    if ('userAgentData' in navigator) return false
    const { state } = await navigator.permissions.query({ name: 'persistent-storage' })
    return state === 'prompt'
  } catch {
    // Safari does not know the name.
    return false
  }
}

/** Asks where that interrupts nobody, once there is something to lose. Nothing waits for the answer. */
export async function persistQuietly(): Promise<void> {
  if (!(await wouldInterrupt())) await requestPersistentStorage()
}
