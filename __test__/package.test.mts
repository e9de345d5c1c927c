import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const run = (command: string, args: string[], cwd: string) => execFileSync(command, args, { cwd, encoding: 'utf8' })
const node = (code: string, cwd: string, type = 'module') =>
  run(process.execPath, [`--input-type=${type}`, '--eval', code], cwd)

describe('the package', () => {
  const names = [
    'createIdentityProofVerifier',
    'deriveUserId',
    'generateAuthSecret',
    'jazzAccountId',
    'mintLocalFirstToken',
    'normalizeAudience',
    'verifyLocalFirstIdentityProof',
  ]
  const print = `console.log(JSON.stringify([${names}].map((value) => value.name)))`

  it('gives its names to import', () => {
    const printed = node(`import { ${names} } from 'local-first-identity'; ${print}`, root)
    assert.deepEqual(JSON.parse(printed), names)
  })

  it('gives its names to require', () => {
    const printed = node(`const { ${names} } = require('local-first-identity'); ${print}`, root, 'commonjs')
    assert.deepEqual(JSON.parse(printed), names)
  })

  it('exports nothing else', () => {
    const printed = node(`console.log(JSON.stringify(Object.keys(require('local-first-identity'))))`, root, 'commonjs')
    assert.deepEqual(JSON.parse(printed), names)
  })

  it('has nothing but the addon in the folder that Next.js leaves out of its bundles', () => {
    const inFolder = Object.entries<{ default?: string }>(manifest.exports).filter(([, entry]) =>
      entry.default?.startsWith('./addon/'),
    )
    assert.deepEqual(
      inFolder.map(([path]) => path),
      ['.'],
    )
  })
})

describe('the helpers', () => {
  const framework = ['identityProof', 'requireAccount', 'requireAuthMode', 'session']
  const withRequest = ['identityProof', 'proofOf', 'requireAccount', 'requireAuthMode', 'session', 'sessionOf']
  const client = [
    'AuthSecretStoreError',
    'BrowserAuthSecretStore',
    'BrowserPasskeyBackup',
    'IndexedDBAuthSecretStore',
    'MemoryAuthSecretStore',
    'PasskeyBackupError',
    'RecoveryPhrase',
    'RecoveryPhraseError',
    'authSecretStorageKey',
    'createLocalFirstAuth',
    'createLocalFirstFetch',
    'deriveUserId',
    'formatAuthSecret',
    'generateAuthSecret',
    'getLocalFirstIdentityProof',
    'getLocalFirstToken',
    'jazzAccountId',
    'parseAuthSecret',
    'requestPersistentStorage',
    'resolveAuthConfig',
    'settleGuest',
  ]
  const hooks = [
    'useLocalFirstAuth',
    'usePasskeyBackup',
    'usePasskeyRestore',
    'useRecoveryPhraseBackup',
    'useRecoveryPhraseRestore',
  ]
  const exported = {
    client,
    'client/node': ['FileAuthSecretStore'],
    jazz: ['AccountRegistryError', 'createAccountRegistry'],
    'client/react': hooks,
    'client/vue': hooks,
    'client/svelte': hooks,
    'client/solid': hooks,
    express: withRequest,
    fastify: withRequest,
    hono: framework,
    fetch: framework,
    stores: [
      'StoreError',
      'd1Store',
      'libsqlStore',
      'memoryStore',
      'oneTimeProof',
      'postgresStore',
      'redisStore',
      'sqliteStore',
    ],
    testing: ['badProof', 'badProofs', 'craftProof', 'createClock', 'createIdentity', 'identities', 'proofFor'],
  }
  for (const [path, names] of Object.entries(exported)) {
    it(`local-first-identity/${path} gives its names, and no other, to import and to require`, () => {
      const specifier = `local-first-identity/${path}`
      const show = 'console.log(JSON.stringify(Object.keys(entry)))'
      assert.deepEqual(JSON.parse(node(`import * as entry from '${specifier}'; ${show}`, root)), names)
      const printed = run(
        process.execPath,
        ['--no-warnings', '-e', `const entry = require('${specifier}'); ${show}`],
        root,
      )
      assert.deepEqual(JSON.parse(printed).toSorted(), names)
    })
  }

  it('need nothing beside the package: no driver, no framework and no `jose`', () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    try {
      const packed = join(folder, 'node_modules', 'local-first-identity')
      for (const path of ['package.json', 'addon', 'lib'])
        cpSync(join(root, path), join(packed, path), { recursive: true })
      // The client's half and Jazz's accounts need what they depend on, and the hooks a framework.
      const paths = Object.keys(exported).filter((path) => path !== 'jazz' && !path.startsWith('client'))
      const imports = paths.map((path) => `await import('local-first-identity/${path}')`)
      const program = `${imports.join('; ')}
        const { session } = await import('local-first-identity/fetch')
        session({ appId: 'x' })
        const whose = session({ issuer: 'x', audience: 'x', jwks: 'https://localhost/jwks.json' })
        const token = 'e30.' + Buffer.from('{"iss":"x"}').toString('base64url') + '.eA'
        await whose(new Request('http://x', { headers: { authorization: 'Bearer ' + token } })).catch(({ message }) => console.log(message))`
      assert.equal(
        node(program, folder),
        '`session` checks a provider’s JWTs by `jose`, which is not installed: npm install jose\n',
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the loader, where no binary loads', () => {
  const { arch, platform, version } = process
  const binary =
    readdirSync(join(root, 'addon')).find((name) => name.endsWith('.node')) ?? assert.fail('npm run build first')
  let folder: string

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'local-first-identity-')), 'node_modules')
    mkdirSync(join(folder, 'local-first-identity', 'addon'), { recursive: true })
    copyFileSync(`${root}addon/index.js`, join(folder, 'local-first-identity', 'addon', 'index.js'))
  })

  afterEach(() => rmSync(dirname(folder), { recursive: true }))

  /** Puts a package of one file into node_modules. */
  const install = (name: string, main: string, text: string) => {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name, main }))
    writeFileSync(join(folder, name, main), text)
  }
  const failure = (prelude = '') =>
    JSON.parse(
      node(
        `${prelude}
        try { require('./local-first-identity/addon') } catch (error) {
          const { name, message, errors } = error
          console.log(JSON.stringify({ name, message, codes: errors?.map(({ code }) => code) }))
        }`,
        folder,
        'commonjs',
      ),
    )
  const pretend = (values: object) =>
    `for (const [name, value] of Object.entries(${JSON.stringify(values)})) Object.defineProperty(process, name, { value })`

  it('says where it runs, what it tried, and how the binary may have been left out', () => {
    const { name, message, codes } = failure()
    assert.equal(name, 'Error')
    assert.equal(codes, undefined)
    const [head, , local] = message.split('\n')
    assert.ok(
      head.startsWith(`local-first-identity ${manifest.version} found no binary that loads on ${platform} ${arch}`),
    )
    assert.ok(head.endsWith(` with Node ${version}.`))
    assert.equal(local, `  ./${binary}: not found`)
    assert.match(message, /\n {2}@local-first-identity\/wasm32-wasip1: not found\n/)
    assert.match(message, /--omit=optional.*npm\/cli\/issues\/4828.*remove\n {2}node_modules and package-lock.json/s)
  })

  const another = `freebsd-x64`
  const own = binary.split('.').at(-2)

  it('names the platform whose binary is installed instead', () => {
    install(`@local-first-identity/${another}`, 'a.node', '')
    assert.match(
      failure().message,
      /\nInstalled is the binary of another platform: freebsd-x64\.\nThe binary is an optional/,
    )
  })

  it('names it beside a binary that does not load, too', () => {
    install(`@local-first-identity/${another}`, 'a.node', '')
    install(`@local-first-identity/${own}`, 'a.node', 'not a binary')
    const { name, message, codes } = failure()
    assert.deepEqual([name, codes], ['AggregateError', ['ERR_DLOPEN_FAILED']])
    assert.match(message, /\nInstalled is the binary of another platform: freebsd-x64\.\nIf the system forbids/)
  })

  it('says that the file is missing from a package that is there', () => {
    install(`@local-first-identity/${own}`, 'a.node', '')
    rmSync(join(folder, `@local-first-identity/${own}/a.node`))
    assert.match(failure().message, /\nThe package @local-first-identity\/\S+ is there, but not the file in it: /)
  })

  it('keeps the system’s own words about a binary that does not load', () => {
    writeFileSync(join(folder, 'local-first-identity', 'addon', binary), 'not a binary')
    const { message, codes } = failure()
    assert.deepEqual(codes, ['ERR_DLOPEN_FAILED'])
    assert.ok(message.split('\n')[2].startsWith(`  ./${binary}: `))
    assert.ok(message.includes(join(folder, 'local-first-identity', 'addon', binary)))
    assert.match(
      message,
      /\nIf the system forbids .* Otherwise the binary is of another version\nor platform, damaged, /,
    )
  })

  it('keeps the name of the glibc that a binary asks for', { skip: platform !== 'linux' && 'no glibc here' }, (t) => {
    const bytes = readFileSync(join(root, 'addon', binary), 'latin1')
    const asked = /GLIBC_2\.\d+/.exec(bytes)?.[0]
    if (!asked) return t.skip('the binary here is not for glibc')
    const newer = asked.replace('_2', '_9')
    writeFileSync(join(folder, 'local-first-identity', 'addon', binary), bytes.replaceAll(asked, newer), 'latin1')
    const { message } = failure()
    assert.match(message, new RegExp(`version \`${newer}[\\d.]*' not found`))
    assert.match(message, /\(glibc 2\.\d+\) with Node/)
    assert.match(message, /\nThe binary was built for a newer C library\. Those on npm need glibc 2\.17 /)
  })

  it('refuses a binary that lacks a function', () => {
    install(
      `@local-first-identity/${own}`,
      'index.js',
      `module.exports = { VERSION: '${manifest.version}', deriveUserId() {} }`,
    )
    assert.ok(
      failure().message.includes(
        `\n  @local-first-identity/${own}: It has no createIdentityProofVerifier, generateAuthSecret, jazzAccountId, mintLocalFirstToken, `,
      ),
    )
  })

  it('refuses a binary with all functions, of another version', () => {
    const functions = `Object.fromEntries('createIdentityProofVerifier deriveUserId generateAuthSecret jazzAccountId mintLocalFirstToken normalizeAudience verifyLocalFirstIdentityProof'.split(' ').map((name) => [name, () => {}]))`
    install(`@local-first-identity/${own}`, 'index.js', `module.exports = { VERSION: '0.0.9', ...${functions} }`)
    assert.ok(failure().message.includes(`: It is of version 0.0.9, and this is ${manifest.version}\n`))
  })

  it('keeps what a package throws, even if it is not an error', () => {
    install(`@local-first-identity/${own}`, 'index.js', 'throw null')
    const { name, message } = failure()
    assert.equal(name, 'AggregateError')
    assert.ok(message.includes(`\n  @local-first-identity/${own}: null\n`))
  })

  it('is not misled by a polluted prototype', () => {
    const { message } = failure(`Object.prototype['sunos-x64'] = 'x'; ${pretend({ platform: 'sunos', arch: 'x64' })}`)
    assert.match(message, /\nThere is no native binary for this platform\./)
  })

  it('tries the musl binary first where Node asks for musl', () => {
    const program = join(folder, 'node')
    writeFileSync(program, '/lib/ld-musl-x86_64.so.1')
    const { message } = failure(pretend({ platform: 'linux', arch: 'x64', execPath: program }))
    assert.ok(message.includes(` loads on linux x64 (musl) with Node ${version}.\n`))
    const tried = Array.from(message.matchAll(/^ {2}@local-first-identity\/(\S+): not found$/gm), ([, name]) => name)
    assert.deepEqual(tried, ['linux-x64-musl', 'linux-x64-gnu', 'wasm32-wasip1'])
  })

  it('offers WebAssembly where there is no native binary', () => {
    const advice = `There is no native binary for this platform. WebAssembly runs on it:\n\`npm install @local-first-identity/wasm32-wasip1@${manifest.version}\`.`
    const { message } = failure(pretend({ platform: 'sunos' }))
    assert.ok(message.endsWith(`\nTried:\n  @local-first-identity/wasm32-wasip1: not found\n${advice}`))
    // Of the two C libraries, it may be built for the other one alone.
    const program = join(folder, 'node')
    writeFileSync(program, '/lib/ld-musl-riscv64.so.1')
    const onMusl = failure(pretend({ platform: 'linux', arch: 'riscv64', execPath: program }))
    assert.ok(onMusl.message.endsWith(advice))
  })

  it('does not try an ARMv7 binary on ARMv6', () => {
    const { message } = failure(`${pretend({ platform: 'linux', arch: 'arm' })}
      Object.defineProperty(process, 'config', { value: { variables: { arm_version: '6' } } })`)
    assert.match(message, /\nTried:\n {2}@local-first-identity\/wasm32-wasip1: not found\n/)
  })

  it('says so in a bundle, too, which has no folder of this package', () => {
    const code = JSON.stringify(readFileSync(join(folder, 'local-first-identity', 'addon', 'index.js'), 'utf8'))
    const bundled = `import { createRequire } from 'node:module'
      new Function('require', 'module', ${code})(createRequire(import.meta.url), { exports: {} })`
    assert.throws(() => node(bundled, folder), /found no binary that loads on .*It is left out\n- by --omit=optional/s)
  })

  it('tells a clone without a binary to build one', () => {
    writeFileSync(join(folder, 'local-first-identity', 'Cargo.toml'), '')
    assert.match(failure().message, /\nThis is a clone without a binary: run `npm run build`\.$/)
  })
})
