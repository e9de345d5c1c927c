// Reads and writes JSON in `localStorage`. If a browser does not allow storage, nothing is read and nothing is kept, but the
// page works until it is closed.

/** Returns the value of a key, if `is` accepts it. People and older versions may have written another value. */
export function read<T>(key: string, is: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return is(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Keeps a value; `null` deletes it. @returns Whether that worked: there may be no space, or storage may not be allowed. */
export function write(key: string, value: unknown): boolean {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

/** Calls `listener` when another tab changes the value of a key for which `concerns` returns `true`. */
export function onChangeElsewhere(concerns: (key: string) => boolean, listener: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === null || concerns(key)) listener()
  })
}
