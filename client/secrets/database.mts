import { createStore, type UseStore } from 'idb-keyval'

let connection: UseStore | undefined

/** The client's one object store in IndexedDB. */
export const database: UseStore = (mode, callback) => {
  connection ??= createStore('local-first-identity', 'secrets')
  return connection(mode, (objects) => {
    const { db } = objects.transaction
    // Who deletes the database waits for every connection to close, and whoever opens it next waits for them.
    db.onversionchange = () => {
      db.close()
      connection = undefined
    }
    return callback(objects)
  })
}
