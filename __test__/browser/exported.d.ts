// What the pages of `startSite` have in a variable, for the functions that tests send into them.

declare const exported: typeof import('local-first-identity/client')
