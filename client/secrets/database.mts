import { promisifyRequest, type UseStore } from 'idb-keyval'

import { inTime } from './deadline.mts'

const NAME = 'local-first-identity'
const OBJECTS = 'secrets'

/** What browsers say of a connection that they have closed, with an event or without. Nothing was written then. */
const LOST: readonly unknown[] = ['InvalidStateError', 'UnknownError', 'AbortError']

let connection: Promise<IDBDatabase> | undefined

function connect(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME)
  request.onupgradeneeded = () => request.result.createObjectStore(OBJECTS)
  const opened = promisifyRequest(request)
  const forget = (): void => {
    if (connection === opened) connection = undefined
  }
  opened.then((db) => {
    db.onclose = forget
    // Anyone who deletes the database waits for every connection to close, and so does the next to open it.
    db.onversionchange = () => {
      db.close()
      forget()
    }
    // It was given up on, and there is another one by now.
    if (connection !== opened) db.close()
  }, forget)
  return opened
}

/**
 * The client's one object store in IndexedDB. A connection that was lost is opened again, once.
 *
 * @param milliseconds - How long one use may take. What is not committed by then never is.
 * @throws TimeoutError
 */
export function databaseWithin(milliseconds: number): UseStore {
  return (mode, callback) => {
    let isOver = false
    let transaction: IDBTransaction | undefined

    async function attempt() {
      connection ??= connect()
      const db = await connection
      if (isOver) throw new Error('It is too late.')
      transaction = db.transaction(OBJECTS, mode)
      return callback(transaction.objectStore(OBJECTS))
    }

    function again(error: unknown) {
      if (isOver || !LOST.includes((error as Error | null)?.name)) throw error
      connection = undefined
      return attempt()
    }

    return inTime('IndexedDB', milliseconds, attempt().catch(again), () => {
      isOver = true
      try {
        transaction?.abort()
      } catch {
        // It is committing or has ended. A page that was suspended hears of that only after its timers.
        return false
      }
      connection = undefined
      return true
    })
  }
}
