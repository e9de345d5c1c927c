import { randomUUID } from 'node:crypto'
import { constants, link, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { checkText } from '../../common/options.mts'
import { generateAuthSecret, parseSecret } from '../identity/secret.mts'
import {
  type AuthSecretStore,
  AuthSecretStoreError,
  type SecretListener,
  SecretListeners,
  secretIn,
  using,
} from '../secrets/secret-store.mts'

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

// Neither does Windows have such modes and owners, nor these flags.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants

/**
 * Reads a file that is this user's alone.
 *
 * @throws AuthSecretStoreError if another user owns the file, and so may have written it, or may read it.
 */
async function readPrivate(path: string): Promise<string> {
  // A link may lead to what another program changes; and to read a pipe takes for ever.
  if (!(await lstat(path)).isFile()) throw new Error(`${path} is not a regular file`)
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    // Of the file that is read, whatever has its name by now.
    const found = await file.stat()
    const { geteuid } = process
    if (geteuid && (found.uid !== geteuid() || (found.mode & 0o077) !== 0)) throw new AuthSecretStoreError('exposed')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Has the file's name on the disk, too: it would be gone after a power cut. Windows has no way to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Keeps a secret in a file that its owner alone may read (mode 0600), for command lines and other programs in Node, Bun and
 * Deno. Whoever can read the owner's files can read it: it is not encrypted.
 * The file system must have hard links, as those of Linux, macOS and Windows have. A process that is killed while it writes
 * leaves `<path>.<uuid>` with the secret beside the file.
 */
export class FileAuthSecretStore implements AuthSecretStore {
  readonly #path: string
  readonly #listeners = new SecretListeners()

  /**
   * @param path - The file, as Node takes it: `~` is no home. Its folder is made with the first secret, for the owner alone,
   *   if there is none.
   * @throws TypeError if it is not a string of at least one character.
   */
  constructor(path: string) {
    checkText('FileAuthSecretStore', 'path', path)
    this.#path = resolve(path)
  }

  /** Rejects, too, if the file belongs to another user, or another user may read it. Root is a user like others here. */
  loadSecret(): Promise<string | null> {
    return using(async () => {
      try {
        return secretIn((await readPrivate(this.#path)).replace(/\r?\n$/, ''))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null
        throw error
      }
    })
  }

  async saveSecret(secret: string): Promise<void> {
    parseSecret(secret)
    // A file takes the other's place as a whole: whoever reads meanwhile, or after a crash, finds one of the two.
    await this.#write(secret, (written) => rename(written, this.#path))
    this.#listeners.notify(secret)
  }

  async clearSecret(): Promise<void> {
    await using(() => rm(this.#path, { force: true }))
    this.#listeners.notify(null)
  }

  async getOrCreateSecret(): Promise<string> {
    const found = await this.loadSecret()
    if (found !== null) return found
    const secret = generateAuthSecret()
    const created = await this.#write(secret, async (written) => {
      try {
        // Unlike a rename, a link does not take the place of what another process has created meanwhile.
        await link(written, this.#path)
        return true
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false
        throw error
      }
    })
    if (created) this.#listeners.notify(secret)
    return created ? secret : this.#loadTheirs()
  }

  async #loadTheirs(): Promise<string> {
    const secret = await this.loadSecret()
    // A link that leads nowhere is there, too.
    if (secret === null) throw new AuthSecretStoreError('unavailable')
    return secret
  }

  /** Hears of changes by this object's methods. */
  subscribe(listener: SecretListener): () => void {
    return this.#listeners.add(listener)
  }

  /** Writes a secret beside the file, and has it put in place once it is on the disk. */
  #write<T>(secret: string, put: (written: string) => Promise<T>): Promise<T> {
    return using(async () => {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      const written = `${this.#path}.${randomUUID()}`
      try {
        const file = await open(written, 'wx', 0o600)
        try {
          await file.writeFile(`${secret}\n`)
          await file.sync()
        } finally {
          await file.close()
        }
        const outcome = await put(written)
        await syncFolder(dirname(this.#path))
        return outcome
      } finally {
        await rm(written, { force: true })
      }
    })
  }
}
