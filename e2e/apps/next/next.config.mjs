export default {
  serverExternalPackages: ['local-first-identity/addon'],
  output: 'standalone',
}
