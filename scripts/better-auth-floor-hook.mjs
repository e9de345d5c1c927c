// Makes Node load Better Auth from __test__/floor, whichever module imports it.

const floor = new URL('../__test__/floor/', import.meta.url).href

export async function resolve(specifier, context, next) {
  const isBetterAuth = /^(better-auth|@better-auth\/core)(\/|$)/.test(specifier)
  const inside = context.parentURL?.startsWith(floor)
  return next(specifier, isBetterAuth && !inside ? { ...context, parentURL: `${floor}main.mjs` } : context)
}
