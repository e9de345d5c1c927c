import { randomUUID } from 'node:crypto'
import { constants, link, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { checkText } from '../../common/options.mts'
import { generateAuthSecret, parseAuthSecret } from '../identity/secret.mts'
import {
  type AuthSecretStore,
  AuthSecretStoreError,
  type SecretListener,
  SecretListeners,
  secretIn,
  using,
} from '../secrets/secret-store.mts'

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

// Windows has no such modes and owners, and no such flags.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants

/**
 * Reads a file that belongs only to this user.
 *
 * @throws AuthSecretStoreError (`exposed`) if another user owns the file, and so may have written it, or can read it.
 */
async function readPrivate(path: string): Promise<string> {
  // A link may lead to a file that another program changes, and reading a pipe may take for ever.
  if (!(await lstat(path)).isFile()) throw new Error(`${path} is not a regular file`)
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    // Checks the file that was opened, because its name may be another file's by now.
    const found = await file.stat()
    const { geteuid } = process
    if (geteuid && (found.uid !== geteuid() || (found.mode & 0o077) !== 0)) throw new AuthSecretStoreError('exposed')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Writes the file's name to the disk, too. Otherwise it would be gone after a power cut. Windows has no way to do this. */
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
 * Keeps a secret in a file that only its owner may read (mode 0600), for command lines and other programs in Node, Bun and
 * Deno. It is not encrypted: anyone who can read the owner's files can read it.
 *
 * The file system must have hard links, as those of Linux, macOS and Windows do. If a process is killed while it writes, a
 * file `<path>.<uuid>` with the secret stays beside the file.
 *
 * @example
 * const store = new FileAuthSecretStore(join(homedir(), '.config', 'my-app', 'secret'))
 * const secret = await store.getOrCreateSecret()
 */
export class FileAuthSecretStore implements AuthSecretStore {
  readonly #path: string
  readonly #listeners = new SecretListeners()

  /**
   * @param path - The file, as Node takes it: `~` is not expanded. If its folder does not exist, it is made with the first
   *   secret, only for the owner.
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`) if it is not a string of at least one character.
   */
  constructor(path: string) {
    checkText('FileAuthSecretStore', 'path', path)
    this.#path = resolve(path)
  }

  /**
   * Returns the secret; `null` if there is none.
   *
   * @throws AuthSecretStoreError (`exposed`) if the file belongs to another user, or another user can read it. This holds
   *   for root, too.
   */
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
    const bare = parseAuthSecret(secret)
    // The new file replaces the old one as a whole. Anyone who reads meanwhile, or after a crash, finds one of the two.
    await this.#write(bare, (written) => rename(written, this.#path))
    this.#listeners.notify(bare)
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
        // Unlike a rename, a link does not replace a file that another process has created meanwhile.
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
    // The file was there a moment ago. Another process has deleted it since.
    if (secret === null) throw new AuthSecretStoreError('unavailable')
    return secret
  }

  /** Calls `listener` after each change by this object's methods. @returns A function that ends the subscription. */
  subscribe(listener: SecretListener): () => void {
    return this.#listeners.add(listener)
  }

  /** Writes a secret to a new file beside the file. Once that is on the disk, `put` moves it into place. */
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
