export default {
  build: { ssr: 'server.mjs', rolldownOptions: { external: ['local-first-identity'] } },
  ssr: { noExternal: true },
}
