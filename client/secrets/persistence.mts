/**
 * How long a browser keeps a site's storage (Storage Standard, §4):
 * - `persistent`: until the person deletes it
 * - `best-effort`: the browser may delete it when space is short, or after some days without a visit
 * - `unsupported`: the browser does not say
 */
export type StoragePersistence = 'persistent' | 'best-effort' | 'unsupported'

/**
 * Asks the browser to keep what this site stores until the person deletes it. Firefox asks the person, so call it in a click
 * handler. The other browsers decide by themselves, at once.
 *
 * @returns The browser's answer. In Firefox, it comes only after the person has answered. The promise never rejects.
 * @example
 * const answer = await requestPersistentStorage()
 * if (answer !== 'persistent') console.log('This browser may delete your data: make a backup.')
 */
export async function requestPersistentStorage(): Promise<StoragePersistence> {
  try {
    return (await navigator.storage.persist()) ? 'persistent' : 'best-effort'
  } catch {
    return 'unsupported'
  }
}

/** Whether asking would interrupt the person, because Firefox shows them a question. */
async function wouldInterrupt(): Promise<boolean> {
  try {
    if ('userAgentData' in navigator) return false
    const { state } = await navigator.permissions.query({ name: 'persistent-storage' })
    return state === 'prompt'
  } catch {
    // Safari does not know the permission's name.
    return false
  }
}

/** Asks for persistent storage, unless that interrupts the person. Called once there is a secret to lose. */
export async function persistQuietly(): Promise<void> {
  if (!(await wouldInterrupt())) await requestPersistentStorage()
}
