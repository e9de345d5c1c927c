// The name that the recipe imports, which an npm alias gives to this package.
declare module 'jazz-napi' {
  export * from 'local-first-identity'
}
