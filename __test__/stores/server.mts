// A server that takes proofs once, with a store that it shares: `two-processes.test.mts` starts two of them. Its argument is
// the file of an SQLite database in WAL mode; without one, it shares Redis.

import express from 'express'
import { Redis } from 'ioredis'
import Sqlite from 'libsql'
import { identityProof } from 'local-first-identity/express'
import { oneTimeProof, redisStore, sqliteStore } from 'local-first-identity/stores'

import { REDIS_URL } from '../services.mts'

function openFile(path: string) {
  const database = new Sqlite(path)
  database.exec('pragma busy_timeout = 5000')
  return sqliteStore(database)
}

const [, , path] = process.argv
const store = path ? openFile(path) : redisStore(new Redis(REDIS_URL))
const app = express()
app.post('/signup', identityProof({ audience: 'test-app-signup', useProof: oneTimeProof(store) }), (req, res) => {
  res.status(201).json({ id: req.identityProof?.id })
})
const server = app.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit())
