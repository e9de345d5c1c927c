// A server that takes proofs once, with a Redis that it shares: `two-processes.test.mts` starts two of them.

import express from 'express'
import { Redis } from 'ioredis'
import { identityProof } from 'local-first-identity/express'
import { oneTimeProof, redisStore } from 'local-first-identity/stores'

import { REDIS_URL } from '../services.mts'

const app = express()
const useProof = oneTimeProof(redisStore(new Redis(REDIS_URL)))
app.post('/signup', identityProof({ audience: 'test-app-signup', useProof }), (req, res) => {
  res.status(201).json({ id: req.identityProof?.id })
})
const server = app.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit())
