// local-first-identity/stores: shared state in memory, SQLite, libSQL, D1, PostgreSQL and Redis, and its first use,
// `oneTimeProof`. No driver is imported: each store takes a connected client.

export { type D1Database, d1Store } from './d1.mts'
export { type LibsqlClient, libsqlStore } from './libsql.mts'
export { type MemoryStoreOptions, memoryStore } from './memory.mts'
export { oneTimeProof, type UseProof } from './one-time-proof.mts'
export { type PostgresPool, postgresStore } from './postgres.mts'
export { redisStore } from './redis.mts'
export type { GlideClient, IoRedisClient, NodeRedisClient, UpstashClient } from './redis-clients.mts'
export { type SqliteDatabase, sqliteStore } from './sqlite.mts'
export { type ServerStoreOptions, type Store, StoreError } from './store.mts'
