export default {
  build: { ssr: 'server.mjs' },
}
