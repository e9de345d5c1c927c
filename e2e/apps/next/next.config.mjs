export default {
  serverExternalPackages: ['local-first-identity'],
  output: process.env.NEXT_OUTPUT,
}
