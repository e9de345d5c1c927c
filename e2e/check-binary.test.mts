// The examination of binaries, on small ones that each have one fault.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { root } from '../scripts/platforms.mjs'

const script = fileURLToPath(new URL('scripts/check-binary.mjs', root))
const linux = process.platform === 'linux' && process.arch === 'x64'
const tools = existsSync(new URL('target/cross-tools/bin/python', root))
const skip = linux ? !tools && process.env.CI !== 'true' && 'bash scripts/cross-tools.sh has not run' : 'for Linux x64'

const good = `
extern int napi_create_object(void);
extern void *malloc(unsigned long);
void *napi_register_module_v1(void) { return napi_create_object() ? malloc(1) : 0; }
`

describe('the examination of a binary', { skip }, () => {
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-first-identity-'))
    writeFileSync(join(folder, 'other.c'), 'int other(void) { return 0; }\n')
    const soname = ['-Wl,-soname,libstdc++.so.6', '-o', join(folder, 'libother.so')]
    execFileSync('cc', ['-shared', '-fPIC', ...soname, join(folder, 'other.c')])
  })

  after(() => rmSync(folder, { recursive: true }))

  /** What is said of a binary of these lines of C, linked so. */
  const examine = (source: string, flags = ['-s'], name = 'linux-x64-gnu') => {
    const file = join(folder, `local-first-identity.${name}.node`)
    writeFileSync(join(folder, 'addon.c'), source)
    const libraries = ['-shared', '-fPIC', '-nostartfiles', '-fvisibility=default', '-L', folder]
    execFileSync('cc', [...libraries, '-o', file, join(folder, 'addon.c'), ...flags])
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' })
    assert.equal(stderr, '')
    return { status, faults: /: ([^:]*)\n$/.exec(stdout)?.[1] }
  }

  it('passes a good one', () => {
    assert.deepEqual(examine(good), { status: 0, faults: 'ok' })
  })

  const cases = {
    'a newer glibc': {
      source: `${good}extern char __libc_single_threaded;
        __attribute__((constructor)) static void read(void) { (void)*(volatile char *)&__libc_single_threaded; }`,
      faults: 'it needs glibc 2.32, newer than 2.17',
    },
    'a C++ run-time library': {
      source: `${good}extern int other(void); static int (*volatile f)(void) = other;
        __attribute__((constructor)) static void call(void) { f(); }`,
      flags: ['-s', '-lother'],
      faults: 'it needs libstdc++.so.6; it imports other, which no library has',
    },
    'an RPATH': { source: good, flags: ['-s', '-Wl,-rpath,/opt/lib'], faults: 'it has an RPATH' },
    'an executable stack': { source: good, flags: ['-s', '-Wl,-z,execstack'], faults: 'it wants an executable stack' },
    'packed relocations, which older systems leave undone': {
      source: `${good}static int cell; __attribute__((visibility("hidden"), used)) int *pointers[] = { &cell, &cell };`,
      flags: ['-s', '-Wl,-z,pack-relative-relocs'],
      faults: 'it needs GLIBC_ABI_DT_RELR',
    },
    'a symbol that no library has': {
      source: `${good}extern int uv_run(void); static int (*volatile f)(void) = uv_run;
        __attribute__((constructor)) static void call(void) { f(); }`,
      faults: 'it imports uv_run, which no library has',
    },
    'its symbols left in': { source: good, flags: [], faults: 'it is not stripped' },
    'a call of a later Node-API': {
      source: `${good}extern int node_api_symbol_for(void); static int (*volatile f)(void) = node_api_symbol_for;
        __attribute__((constructor)) static void call(void) { f(); }`,
      faults: 'it imports node_api_symbol_for, which is not in Node-API 6',
    },
    'no entry point': {
      source: good.replace('napi_register_module_v1', 'init'),
      faults: 'it exports no napi_register_module_v1; it exports init',
    },
    'no Node-API': { source: 'void *napi_register_module_v1(void) { return 0; }', faults: 'it calls no Node-API' },
    'more bytes than are fetched in a blink': {
      source: `${good}__attribute__((visibility("hidden"), used)) const char filling[800000] = { 1 };`,
      faults: /^\d{6} bytes, more than 700000$/,
    },
    'a folder of the machine': {
      source: `${good}__attribute__((visibility("hidden"), used)) const char path[] = "${homedir()}/src/lib.rs";`,
      faults: 'it names a folder of the machine that built it',
    },
  } satisfies Record<string, { source: string; flags?: string[]; faults: string | RegExp }>

  for (const [name, { source, faults, ...rest }] of Object.entries(cases)) {
    it(`refuses ${name}`, () => {
      const found = examine(source, 'flags' in rest ? rest.flags : undefined)
      assert.equal(found.status, 1)
      if (typeof faults === 'string') assert.equal(found.faults, faults)
      else assert.match(found.faults ?? '', faults)
    })
  }

  it('refuses a binary of another machine than its name says', () => {
    assert.deepEqual(examine(good, ['-s'], 'linux-arm64-gnu'), { status: 1, faults: 'it is ELF for X86_64' })
  })

  it('refuses the name of no platform', () => {
    const { status, stderr } = spawnSync(process.execPath, [script, 'other.node'], { encoding: 'utf8' })
    assert.equal(status, 1)
    assert.match(stderr, /other\.node is the binary of none of napi\.targets/)
  })
})
