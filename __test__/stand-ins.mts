// Modules that work inside of a framework or on a phone alone, and what stands in their place in a test.

import { register } from 'node:module'

/** Has imports of these names give these sources, from now on. */
export function standIn(modules: Record<string, string>): void {
  const hooks = `
    const modules = ${JSON.stringify(modules)}
    export const resolve = async (specifier, context, next) =>
      Object.hasOwn(modules, specifier)
        ? { url: 'data:text/javascript,' + encodeURIComponent(modules[specifier]), shortCircuit: true }
        : next(specifier, context)`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}
