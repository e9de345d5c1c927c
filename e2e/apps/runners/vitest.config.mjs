export default { test: { include: ['esm.test.mjs'], globals: true } }
