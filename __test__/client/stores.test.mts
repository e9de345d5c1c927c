// The stores that need no browser; the others' tests are in ../browser.

import assert from 'node:assert/strict'
import { execFileSync, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import {
  type AuthSecretStore,
  AuthSecretStoreError,
  BrowserAuthSecretStore,
  createLocalFirstAuth,
  generateAuthSecret,
  IndexedDBAuthSecretStore,
  MemoryAuthSecretStore,
} from 'local-first-identity/client'
import { FileAuthSecretStore } from 'local-first-identity/client/node'

const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `folder ${++files}`, 'deep', 'secret')

const stores: Record<string, () => AuthSecretStore> = {
  memory: () => new MemoryAuthSecretStore(),
  file: () => new FileAuthSecretStore(newPath()),
}

for (const [name, newStore] of Object.entries(stores)) {
  describe(`the ${name} store`, () => {
    it('has nothing at first, keeps what is saved, and forgets what is cleared', async () => {
      const [store, secret, other] = [newStore(), generateAuthSecret(), generateAuthSecret()]
      assert.equal(await store.loadSecret(), null)
      await store.clearSecret()
      await store.saveSecret(secret)
      assert.equal(await store.loadSecret(), secret)
      assert.equal(await store.getOrCreateSecret(), secret)
      await store.saveSecret(other)
      assert.equal(await store.getOrCreateSecret(), other)
      await store.clearSecret()
      assert.equal(await store.loadSecret(), null)
    })

    it('creates one secret, however many ask at once, and another after it was cleared', async () => {
      const store = newStore()
      const made = await Promise.all(Array.from({ length: 20 }, () => store.getOrCreateSecret()))
      assert.equal(new Set(made).size, 1)
      assert.match(made[0] ?? '', /^[\w-]{43}$/)
      assert.equal(await store.loadSecret(), made[0])
      await store.clearSecret()
      assert.notEqual(await store.getOrCreateSecret(), made[0])
    })

    it('refuses to save what is no secret, and keeps what it has', async () => {
      const store = newStore()
      const secret = await store.getOrCreateSecret()
      for (const wrong of ['', 'x', `${secret}=`, undefined, null, 7, {}]) {
        await assert.rejects(store.saveSecret(wrong as never), { name: 'TypeError', message: /^secret must be / })
      }
      assert.equal(await store.loadSecret(), secret)
    })

    it('tells of changes, until that is ended', async () => {
      const [store, heard, secret] = [newStore(), [] as unknown[], generateAuthSecret()]
      const listener = (secret: string | null) => heard.push(secret)
      const ends = [store.subscribe?.(listener), store.subscribe?.(listener)]
      await store.saveSecret(secret)
      assert.deepEqual(heard, [secret, secret])
      ends[0]?.()
      ends[0]?.()
      await store.clearSecret()
      const created = await store.getOrCreateSecret()
      await store.getOrCreateSecret()
      ends[1]?.()
      await store.clearSecret()
      assert.deepEqual(heard, [secret, secret, null, created])
    })
  })
}

describe('a listener that throws', () => {
  it('fails neither the change nor the other listeners', () => {
    const program = `
      import { MemoryAuthSecretStore } from 'local-first-identity/client'
      process.on('uncaughtException', (error) => console.log('thrown:', error))
      const store = new MemoryAuthSecretStore()
      store.subscribe(() => { throw 'its own' })
      store.subscribe((secret) => console.log(secret))
      await store.clearSecret()
      console.log('cleared')`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
    assert.equal(stdout, 'thrown: its own\nnull\ncleared\n')
  })
})

describe('the file', { skip: process.platform === 'win32' && 'Windows has no modes' }, () => {
  it('is for its owner alone, and so is its folder; nothing is left beside it', async () => {
    const path = newPath()
    const store = new FileAuthSecretStore(path)
    const secret = await store.getOrCreateSecret()
    await store.saveSecret(secret)
    assert.equal(readFileSync(path, 'utf8'), `${secret}\n`)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
    assert.deepEqual(readdirSync(join(path, '..')), ['secret'])
  })

  it('is not believed if others may read it', async () => {
    const path = newPath()
    const store = new FileAuthSecretStore(path)
    const secret = await store.getOrCreateSecret()
    for (const mode of [0o604, 0o640, 0o620, 0o666]) {
      chmodSync(path, mode)
      for (const read of [() => store.loadSecret(), () => store.getOrCreateSecret()]) {
        await assert.rejects(read(), {
          name: 'AuthSecretStoreError',
          code: 'exposed',
          message: 'Another user owns the file of the secret, or may read it. It must be yours, with mode 0600.',
        })
      }
    }
    chmodSync(path, 0o600)
    assert.equal(await store.loadSecret(), secret)
  })

  const notRoot = process.geteuid?.() !== 0 && 'only root can give a file away'
  it('is not believed if another user owns it, not even by root', { skip: notRoot }, async () => {
    const path = newPath()
    const store = new FileAuthSecretStore(path)
    const own = await store.getOrCreateSecret()
    chownSync(path, 65_534, 65_534)
    for (const read of [() => store.loadSecret(), () => store.getOrCreateSecret()]) {
      await assert.rejects(read(), { name: 'AuthSecretStoreError', code: 'exposed' })
    }
    chownSync(path, 0, 0)
    assert.equal(await store.loadSecret(), own)
    chownSync(path, 65_534, 65_534)
    const secret = generateAuthSecret()
    await store.saveSecret(secret)
    assert.deepEqual([await store.loadSecret(), statSync(path).uid], [secret, 0])
  })

  it('is not overwritten where it holds no secret, until told so', async () => {
    for (const text of ['', 'x', `${generateAuthSecret()}A`, `${generateAuthSecret()}\n\n`, '{}']) {
      const path = newPath()
      const store = new FileAuthSecretStore(path)
      await store.getOrCreateSecret()
      writeFileSync(path, text)
      await assert.rejects(store.getOrCreateSecret(), { name: 'AuthSecretStoreError', code: 'damaged' })
      assert.equal(readFileSync(path, 'utf8'), text)
      const secret = generateAuthSecret()
      await store.saveSecret(secret)
      assert.equal(await store.loadSecret(), secret)
    }
  })

  it('may be there already, with or without a newline, as an editor leaves it', async () => {
    const secret = generateAuthSecret()
    for (const end of ['', '\n', '\r\n']) {
      const path = join(folder, `by hand ${++files}`)
      writeFileSync(path, `${secret}${end}`, { mode: 0o600 })
      assert.equal(await new FileAuthSecretStore(path).loadSecret(), secret)
    }
  })

  it('says what a system refuses, and leaves nothing behind', async () => {
    const blocked = join(folder, 'a file')
    writeFileSync(blocked, '')
    const store = new FileAuthSecretStore(join(blocked, 'secret'))
    const codeOf = (error: AuthSecretStoreError) => [error.code, (error.cause as { code: string }).code]
    for (const call of [
      () => store.loadSecret(),
      () => store.getOrCreateSecret(),
      () => store.saveSecret(generateAuthSecret()),
    ]) {
      await assert.rejects(call, (error: AuthSecretStoreError) => {
        assert.ok(error instanceof AuthSecretStoreError)
        assert.deepEqual(codeOf(error).slice(0, 1), ['unavailable'])
        assert.match(String(codeOf(error)[1]), /^(ENOTDIR|EEXIST)$/)
        return true
      })
    }
  })

  it('is a regular file, and no link or pipe', async () => {
    const secret = await new FileAuthSecretStore(join(folder, 'secret')).getOrCreateSecret()
    const [dangling, linked, pipe] = ['dangling', 'linked', 'pipe'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    symlinkSync(join(folder, 'nowhere'), dangling)
    symlinkSync(join(folder, 'secret'), linked)
    execFileSync('mkfifo', [pipe])
    for (const path of [dangling, linked, pipe, folder]) {
      const store = new FileAuthSecretStore(path)
      for (const call of [() => store.loadSecret(), () => store.getOrCreateSecret()]) {
        await assert.rejects(call, (error: AuthSecretStoreError) => {
          assert.deepEqual(
            [error.code, (error.cause as Error).message],
            ['unavailable', `${path} is not a regular file`],
          )
          return true
        })
      }
    }
    assert.equal(readFileSync(join(folder, 'secret'), 'utf8'), `${secret}\n`)
  })

  it('stays where it was when the process goes elsewhere', async () => {
    const before = process.cwd()
    try {
      process.chdir(folder)
      const store = new FileAuthSecretStore('relative')
      const secret = await store.getOrCreateSecret()
      process.chdir(tmpdir())
      assert.equal(await store.loadSecret(), secret)
      assert.equal(readFileSync(join(folder, 'relative'), 'utf8'), `${secret}\n`)
    } finally {
      process.chdir(before)
    }
  })

  it('has one secret, however many processes create it', async () => {
    const path = newPath()
    const program = fileURLToPath(new URL('create-secret.mts', import.meta.url))
    const children = Array.from({ length: 6 }, () => fork(program, [path], { execArgv: ['--import', 'tsx'] }))
    await Promise.all(children.map((child) => once(child, 'message')))
    const made = children.map(async (child) => {
      child.send('go')
      return (await once(child, 'message'))[0]
    })
    const secrets = new Set(await Promise.all(made))
    assert.deepEqual([...secrets], [await new FileAuthSecretStore(path).loadSecret()])
    assert.deepEqual(readdirSync(join(path, '..')), ['secret'])
  })

  it('needs a path', () => {
    for (const wrong of [undefined, '', 7]) {
      assert.throws(() => new FileAuthSecretStore(wrong as never), {
        name: 'TypeError',
        message: 'FileAuthSecretStore: `path` must be a string of at least one character',
      })
    }
  })
})

describe('the browser’s stores', () => {
  it('say so where there is no browser, and not before they are used', async () => {
    for (const Store of [BrowserAuthSecretStore, IndexedDBAuthSecretStore]) {
      const store = new Store({ appId: 'x' })
      for (const call of [
        () => store.loadSecret(),
        () => store.getOrCreateSecret(),
        () => store.saveSecret(generateAuthSecret()),
      ]) {
        await assert.rejects(call, { name: 'AuthSecretStoreError', code: 'unavailable' })
      }
    }
  })

  it('give a user interface that error where there is no browser', async () => {
    const auth = createLocalFirstAuth(new BrowserAuthSecretStore())
    const changed = new Promise<void>((resolve) => auth.subscribe(resolve))
    await changed
    const { secret, isLoading, error } = auth.getState()
    assert.deepEqual([secret, isLoading, (error as AuthSecretStoreError).code], [null, false, 'unavailable'])
  })

  it('refuse a scope that would be another’s', () => {
    for (const Store of [BrowserAuthSecretStore, IndexedDBAuthSecretStore]) {
      const of = (scope: unknown) => () => new Store(scope as never)
      const { name } = Store
      assert.throws(of({ userId: 'x' }), {
        name: 'TypeError',
        message: `${name}: \`userId\` needs an \`appId\``,
      })
      assert.throws(of({ appID: 'x' }), {
        name: 'TypeError',
        message: `${name}: there is no option \`appID\`; did you mean \`appId\`?`,
      })
      for (const wrong of ['', ' ', 7, {}, { trim: () => 'x' }]) {
        assert.throws(of({ appId: wrong }), {
          name: 'TypeError',
          message: `${name}: \`appId\` must be a string of at least one character`,
        })
        assert.throws(of({ appId: 'x', userId: wrong }), {
          name: 'TypeError',
          message: `${name}: \`userId\` must be a string of at least one character`,
        })
      }
      assert.throws(of({ appId: null }), TypeError)
      assert.throws(of({ appId: '\ud800' }), {
        name: 'TypeError',
        message: `${name}: \`appId\` must not contain lone surrogates`,
      })
      for (const fine of [undefined, {}, { appId: 'x', userId: null }]) assert.ok(of(fine)())
    }
  })
})
