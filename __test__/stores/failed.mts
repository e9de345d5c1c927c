/** The error of a call that an engine has not answered. */
export const failed = (name: string, method = 'create') => ({
  name: 'StoreError',
  code: 'ERR_STORE',
  message: `The ${name} store failed to ${method}: treat it as refused; see \`cause\`.`,
})
