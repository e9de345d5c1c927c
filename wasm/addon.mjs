// Loads the addon in a host that has only WebAssembly.
//
// WASI is implemented here. node:wasi warns that it is experimental, and is missing in browsers and Deno. The module imports
// only the six functions below. If it imported another one, loading would fail.

import { instantiateAddonSync } from '@emnapi/core'
import { tsfn } from '@emnapi/core/plugins'
import { createContext } from '@emnapi/runtime'

// Numbers of WASI preview 1.
const SUCCESS = 0
const INVALID = 28
const IO = 29
const REALTIME = 0

// Taken when the addon loads. A program may replace these functions later, for example in a test. That must not change the
// verifier, as it does not change a native addon, which asks the operating system.
const { now } = Date
const randomValues = crypto.getRandomValues.bind(crypto)

/** @param {WebAssembly.Memory} memory */
function wasi(memory) {
  // A memory that grows gets a new buffer, so make a new view each time.
  const view = () => new DataView(memory.buffer)
  const bytes = (address, length) => new Uint8Array(memory.buffer, address, length)

  return {
    clock_time_get(clock, _precision, time) {
      if (clock !== REALTIME) return INVALID
      view().setBigUint64(time, BigInt(now()) * 1_000_000n, true)
      return SUCCESS
    },
    environ_get: () => SUCCESS,
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true)
      view().setUint32(size, 0, true)
      return SUCCESS
    },
    // The addon writes nothing but the place of a panic.
    fd_write(_descriptor, vectors, count, written) {
      const chunks = Array.from({ length: count }, (_, index) => {
        const vector = vectors + 8 * index
        return bytes(view().getUint32(vector, true), view().getUint32(vector + 4, true)).slice()
      })
      console.error(chunks.map((chunk) => new TextDecoder().decode(chunk)).join(''))
      view().setUint32(
        written,
        chunks.reduce((sum, { length }) => sum + length, 0),
        true,
      )
      return SUCCESS
    },
    proc_exit(code) {
      throw new Error(`the addon exited with code ${code}`)
    },
    random_get(address, length) {
      try {
        randomValues(bytes(address, length))
        return SUCCESS
      } catch {
        return IO
      }
    },
  }
}

/**
 * Makes two functions of emnapi behave as in Node. Both get values from strangers.
 *
 * @param {Record<string, (...args: number[]) => number>} imports
 * @param {WebAssembly.Memory} memory
 * @param {import('@emnapi/runtime').Context} context
 */
function likeNode({ napi_get_value_string_utf8, napi_is_array }, memory, context) {
  return {
    // emnapi merges a lone surrogate and the code unit after it into one character. So two names would be one audience.
    napi_get_value_string_utf8(env, value, ...rest) {
      const text = context.jsValueFromNapiValue(value)
      const illFormed = typeof text === 'string' && !text.isWellFormed()
      return napi_get_value_string_utf8(
        env,
        illFormed ? context.napiValueFromJsValue(text.toWellFormed()) : value,
        ...rest,
      )
    },
    // `Array.isArray` throws for a revoked proxy. For Node it is not an array.
    napi_is_array(env, value, result) {
      try {
        return napi_is_array(env, value, result)
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
        new Uint8Array(memory.buffer)[result] = 0
        return SUCCESS
      }
    },
  }
}

/** @param {WebAssembly.Module} module */
function instantiate(module) {
  // The sizes that the linker writes into the module: see build.rs.
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536 })
  // Without these features, emnapi sets no listener on the process for each instance, and does not trigger the traps of a
  // proxy. It also needs no `new Function`, which a content security policy may forbid.
  const context = createContext({
    features: { MessageChannel: undefined, makeDynamicFunction: undefined, finalizer: false },
  })
  const { instance, addonModule } = instantiateAddonSync(module, {
    context,
    plugins: [tsfn],
    overwriteImports(imports) {
      // The C half of Node-API imports these from a module of another name than the Rust half.
      Object.assign(imports.env, imports.napi, imports.emnapi, likeNode(imports.napi, memory, context), { memory })
      imports.wasi_snapshot_preview1 = wasi(memory)
    },
    beforeInit({ instance: { exports } }) {
      exports._initialize()
      // A native library registers its functions with napi in constructors. WebAssembly has no constructors.
      for (const name of Object.keys(exports)) if (name.startsWith('__napi_register__')) exports[name]()
    },
  })
  return { functions: addonModule.exports, stackPointer: instance.exports.__stack_pointer }
}

/** Makes verifiers in JavaScript. An object of an instance is lost when the instance is given up after a panic. */
const creatorOf =
  ({ readVerifyOptions, verifyLocalFirstIdentityProof }) =>
  (audience, options) => {
    const own = readVerifyOptions(audience, options)
    return (token) => verifyLocalFirstIdentityProof(token, audience, own)
  }

/**
 * Loads the addon and returns its functions and its version.
 *
 * @param {WebAssembly.Module} module
 * @throws If the host gives no random bytes.
 */
export function load(module) {
  // Without a random source, fail now: no secret is better than a predictable one.
  randomValues(new Uint8Array(1))

  let addon = instantiate(module)
  const { VERSION, ...functions } = addon.functions

  const guarded =
    (name) =>
    (...args) => {
      addon ??= instantiate(module)
      const { functions, stackPointer } = addon
      const before = stackPointer.value
      try {
        return functions[name](...args)
      } catch (error) {
        // A panic or a stack overflow stops the Rust functions half-way. Their locks stay held, their invariants broken, and
        // the stack pointer is not reset. So give the instance up. The next call makes a new one: after a stack overflow there
        // is no room for it here.
        if (stackPointer.value !== before) addon = undefined
        throw error
      }
    }
  const own = Object.fromEntries(Object.keys(functions).map((name) => [name, guarded(name)]))
  return { VERSION, ...own, createIdentityProofVerifier: creatorOf(own) }
}
