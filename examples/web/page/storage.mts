// What this page keeps in `localStorage`, as JSON. A browser that lets nobody store anything has nothing and keeps
// nothing: the page works until it is closed.

/** What is kept under a key, if it is what `is` takes it for: people and older versions write there, too. */
export function read<T>(key: string, is: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return is(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** @returns Whether it is kept: there may be no room, or none allowed. */
export function write(key: string, value: unknown): boolean {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

/** Calls `listener` when another tab changes what is under a key that `concerns` it. */
export function onChangeElsewhere(concerns: (key: string) => boolean, listener: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === null || concerns(key)) listener()
  })
}
