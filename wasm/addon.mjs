// The addon in a host that has WebAssembly and no more. WASI is written out here and not taken from node:wasi, which
// warns that it is experimental and is missing in browsers and Deno: of its functions the module imports the six below,
// and one that is not here makes loading fail.

import { instantiateAddonSync } from '@emnapi/core'
import { tsfn } from '@emnapi/core/plugins'
import { createContext } from '@emnapi/runtime'

// Numbers of WASI preview 1.
const SUCCESS = 0
const INVALID = 28
const IO = 29
const REALTIME = 0

// As they are when the addon loads, like the system's own that a native one asks: what replaces them later, in a test
// for instance, is for the program and not for the judge of its proofs.
const { now } = Date
const randomValues = crypto.getRandomValues.bind(crypto)

/** @param {WebAssembly.Memory} memory */
function wasi(memory) {
  // A memory that grows gets a new buffer, so no view may be kept.
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
    // Only the place of a panic comes through here.
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
 * Two functions of emnapi's as Node has them, where strangers' values come in.
 *
 * @param {Record<string, (...args: number[]) => number>} imports
 * @param {WebAssembly.Memory} memory
 * @param {import('@emnapi/runtime').Context} context
 */
function likeNode({ napi_get_value_string_utf8, napi_is_array }, memory, context) {
  return {
    // emnapi makes one character of a lone surrogate and whatever follows it, so that two names would be one audience.
    napi_get_value_string_utf8(env, value, ...rest) {
      const text = context.jsValueFromNapiValue(value)
      const illFormed = typeof text === 'string' && !text.isWellFormed()
      return napi_get_value_string_utf8(
        env,
        illFormed ? context.napiValueFromJsValue(text.toWellFormed()) : value,
        ...rest,
      )
    },
    // `Array.isArray` throws of a revoked proxy, which is no array to Node.
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
  // What build.rs has the linker write into the module.
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536 })
  // Without these features of its host, emnapi sets no listener on the process for each instance, needs no
  // `new Function`, which a content security policy may forbid, and does not spring the traps of a proxy.
  const context = createContext({
    features: { MessageChannel: undefined, makeDynamicFunction: undefined, finalizer: false },
  })
  const { instance, addonModule } = instantiateAddonSync(module, {
    context,
    plugins: [tsfn],
    overwriteImports(imports) {
      // The half of Node-API that is written in C knows these by another module's name than Rust does.
      Object.assign(imports.env, imports.napi, imports.emnapi, likeNode(imports.napi, memory, context), { memory })
      imports.wasi_snapshot_preview1 = wasi(memory)
    },
    beforeInit({ instance: { exports } }) {
      exports._initialize()
      // WebAssembly has no constructors that would tell napi of its functions.
      for (const name of Object.keys(exports)) if (name.startsWith('__napi_register__')) exports[name]()
    },
  })
  return { functions: addonModule.exports, stackPointer: instance.exports.__stack_pointer }
}

/** In JavaScript: an object of an instance that is given up after a panic would be lost with it. */
const creatorOf =
  ({ readVerifyOptions, verifyLocalFirstIdentityProof }) =>
  (audience, options) => {
    const own = readVerifyOptions(audience, options)
    return (token) => verifyLocalFirstIdentityProof(token, audience, own)
  }

/**
 * The addon's functions, and its version.
 *
 * @param {WebAssembly.Module} module
 */
export function load(module) {
  // No secret is better than a predictable one.
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
        // A panic or an overflow of the stack leaves the Rust functions where they stood, with their locks held and
        // their invariants broken, and the stack pointer where they had it. A new instance knows nothing of them. It is
        // made at the next call, since where the stack has overflown there is no room for it.
        if (stackPointer.value !== before) addon = undefined
        throw error
      }
    }
  const own = Object.fromEntries(Object.keys(functions).map((name) => [name, guarded(name)]))
  return { VERSION, ...own, createIdentityProofVerifier: creatorOf(own) }
}
