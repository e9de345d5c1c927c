// The server that benches/http-load.mts sends its load to: Express, and a store that several servers could share.

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import express, { type ErrorRequestHandler } from 'express'
import { Redis } from 'ioredis'
import Database from 'libsql'
import { identityProof } from 'local-first-identity/express'
import { oneTimeProof, redisStore, type Store, sqliteStore } from 'local-first-identity/stores'

import { answerParent } from './child.mts'
import { AUDIENCE } from './tokens.mts'

/** What the server tells of itself. */
export interface Memory {
  store: string
  /** Bytes. */
  rss: number
  /** Bytes, after what is garbage has been collected. */
  heapUsed: number
}

async function connectStore(): Promise<[name: string, store: Store]> {
  const url = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return ['Redis', redisStore(redis)]
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'http-load-'))
    process.on('exit', () => rmSync(folder, { recursive: true }))
    return ['an SQLite file, as no Redis answers', sqliteStore(new Database(join(folder, 'used.sqlite')))]
  }
}

const answerFault: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(error.status ?? 500).json({ code: error.type ?? 'fault' })
}

const [name, store] = await connectStore()
const app = express()
const proof = identityProof({ audience: AUDIENCE, useProof: oneTimeProof(store) })
app.post('/signup', express.json(), proof, (req, res) => {
  res.json({ id: req.identityProof?.id })
})
app.use(answerFault)

answerParent(createServer(app), (): Memory => {
  // Twice: what the first one finalizes, the second one frees.
  global.gc?.()
  global.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return { store: name, rss, heapUsed }
})
