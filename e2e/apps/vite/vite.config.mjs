export default {
  build: { ssr: 'server.mjs' },
  ssr: { noExternal: true, external: ['local-first-identity'] },
}
