// Runs the tests of the Better Auth plugin with the lowest version that it supports, in place of the one installed here.

import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const floor = new URL('__test__/floor/', root)
const cwd = fileURLToPath(root)
const read = (path, base) => JSON.parse(readFileSync(new URL(path, base), 'utf8'))

execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', fileURLToPath(floor)], { stdio: 'inherit' })
const { version } = read('node_modules/better-auth/package.json', floor)
const { peerDependencies } = read('package.json', root)
for (const name of ['better-auth', '@better-auth/core']) {
  if (peerDependencies[name] !== `>= ${version}`) {
    throw new Error(`__test__/floor has Better Auth ${version}, and package.json ${name} ${peerDependencies[name]}`)
  }
}

const hook = new URL('better-auth-floor-hook.mjs', import.meta.url).href
const register = `import { register } from 'node:module'; register(${JSON.stringify(hook)})`
const node = ['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(register)}`]

const where = ['--input-type=module', '--eval', "console.log(import.meta.resolve('better-auth'))"]
const found = execFileSync(process.execPath, [...node, ...where], { encoding: 'utf8', cwd })
if (!found.startsWith(floor.href)) throw new Error(`Better Auth comes from ${found}`)

console.log(`The tests of the plugin, with Better Auth ${version}:`)
const folder = '__test__/better-auth'
const files = readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.test.mts'))
const test = ['--test', '--test-concurrency=2', '--test-timeout=600000', '--test-reporter=spec']
const { status } = spawnSync(process.execPath, [...node, ...test, ...files.map((name) => `${folder}/${name}`)], {
  cwd,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
