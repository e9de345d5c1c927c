// Prints the milliseconds that the addon takes to load, for benches/footprint.mts.

// Node loads the resolver of `exports` with the first package that has them; in a server that is another one.
require('express')
const start = process.hrtime.bigint()
require('local-first-identity')
const elapsed = process.hrtime.bigint() - start
// Opening the standard output takes longer than the addon: after the clock was read.
console.log(Number(elapsed) / 1e6)
