import { promisifyRequest, type UseStore } from 'idb-keyval'

import { inTime } from './deadline.mts'

const NAME = 'local-first-identity'
const OBJECTS = 'secrets'

/** The errors of a connection that the browser has closed, with or without an event. Nothing was written then. */
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
    // Deleting the database waits until every connection is closed. Opening it meanwhile has to wait, too.
    db.onversionchange = () => {
      db.close()
      forget()
    }
    // This connection came too late, and there is another one by now.
    if (connection !== opened) db.close()
  }, forget)
  return opened
}

/**
 * Returns access to the client's only object store in IndexedDB. Each use opens a lost connection again, once.
 *
 * @param milliseconds - How long one use may take. A change that is not being committed by then is never made.
 * @throws TimeoutError if a use takes longer.
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
        // It is committing or has ended. A page that was suspended gets that event only after its timers.
        return false
      }
      connection = undefined
      return true
    })
  }
}
