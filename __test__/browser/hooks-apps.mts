// One component in four frameworks. It shows all that the hooks give as text, and hands out what they give to call.

import { compile } from 'svelte/compiler'

export interface HooksApp {
  framework: 'react' | 'vue' | 'svelte' | 'solid'
  /** A module's text that has `mountInto(target, props)` and `hydrateInto(target, props)`, both of which give what unmounts. */
  browser: string
  /** A module's text that has `renderToText(props)`, which gives markup or its promise. */
  server: string
}

const names =
  'useLocalFirstAuth, usePasskeyBackup, usePasskeyRestore, useRecoveryPhraseBackup, useRecoveryPhraseRestore'

/** What each component does with its props: it calls every hook, and hands out what is to be called. */
const call = `
  const identity = useLocalFirstAuth(auth)
  const phrase = useRecoveryPhraseBackup(auth)
  const passkey = usePasskeyBackup(passkeys, auth)
  const { login, signOut, retry } = identity
  handOut(id, {
    login,
    signOut,
    retry,
    backupWithPasskey: passkey.backupWithPasskey,
    restorePhrase: useRecoveryPhraseRestore(auth),
    restorePasskey: usePasskeyRestore(passkeys, auth),
  })`

/** What it shows, where `read` makes a value of what a hook gave: a ref, an accessor, or the value. */
const text = (read: (given: string) => string) => `JSON.stringify({
    secret: ${read('identity.secret')},
    isLoading: ${read('identity.isLoading')},
    error: ${read('identity.error')}?.code ?? null,
    recoveryPhrase: ${read('phrase.recoveryPhrase')},
    backupsAreLoading: [${read('phrase.isLoading')}, ${read('passkey.isLoading')}],
  })`

const reactIdentity = `
import { ${names} } from 'local-first-identity/client/react'
import { createElement, StrictMode } from 'react'

function Identity({ id, auth, passkeys, handOut }) {${call}
  return createElement('p', { id }, ${text((given) => given)})
}
const elementOf = (props) => createElement(StrictMode, {}, createElement(Identity, props))
`

const react: HooksApp = {
  framework: 'react',
  browser: `${reactIdentity}
import { createRoot, hydrateRoot } from 'react-dom/client'

function mountInto(target, props) {
  const root = createRoot(target)
  root.render(elementOf(props))
  return () => root.unmount()
}
function hydrateInto(target, props) {
  const root = hydrateRoot(target, elementOf(props))
  return () => root.unmount()
}`,
  server: `${reactIdentity}
import { renderToString } from 'react-dom/server'

const renderToText = (props) => renderToString(elementOf(props))`,
}

const vueIdentity = `
import { ${names} } from 'local-first-identity/client/vue'
import { createApp, createSSRApp, h } from 'vue'

const Identity = {
  props: ['id', 'auth', 'passkeys', 'handOut'],
  setup({ id, auth, passkeys, handOut }) {${call}
    return () => h('p', { id }, ${text((given) => `${given}.value`)})
  },
}
`

const vue: HooksApp = {
  framework: 'vue',
  browser: `${vueIdentity}
function start(app, target) {
  app.mount(target)
  return () => app.unmount()
}
const mountInto = (target, props) => start(createApp(Identity, props), target)
const hydrateInto = (target, props) => start(createSSRApp(Identity, props), target)`,
  server: `${vueIdentity}
import { renderToString } from 'vue/server-renderer'

const renderToText = (props) => renderToString(createSSRApp(Identity, props))`,
}

const svelteIdentity = `
<script>
import { ${names} } from 'local-first-identity/client/svelte'

const { id, auth, passkeys, handOut } = $props()
${call}
const shown = $derived(${text((given) => given)})
</script>

<p {id}>{shown}</p>
`

/** The component as JavaScript, where it is called `Identity`. */
const compiled = (generate: 'client' | 'server') =>
  compile(svelteIdentity, { generate, filename: 'Identity.svelte' }).js.code

const svelte: HooksApp = {
  framework: 'svelte',
  browser: `${compiled('client')}
import { hydrate, mount, unmount } from 'svelte'

function mountInto(target, props) {
  const component = mount(Identity, { target, props })
  return () => unmount(component)
}
function hydrateInto(target, props) {
  const component = hydrate(Identity, { target, props })
  return () => unmount(component)
}`,
  server: `${compiled('server')}
import { render } from 'svelte/server'

const renderToText = (props) => render(Identity, { props }).body`,
}

const solidText = `const shown = () => ${text((given) => `${given}()`)}`

// What Solid's compiler makes of \`<p id={id}>{shown()}</p>\`: it is a plugin of Babel, which nothing else here needs.
const solid: HooksApp = {
  framework: 'solid',
  browser: `
import { ${names} } from 'local-first-identity/client/solid'
import { createComponent, getNextElement, hydrate, insert, render, setAttribute, template } from 'solid-js/web'

const paragraph = template('<p></p>')
function Identity({ id, auth, passkeys, handOut }) {${call}
  ${solidText}
  const element = getNextElement(paragraph)
  setAttribute(element, 'id', id)
  insert(element, shown)
  return element
}
const mountInto = (target, props) => render(() => createComponent(Identity, props), target)
function hydrateInto(target, props) {
  // What generateHydrationScript() puts into the head of a page.
  globalThis._$HY ??= { events: [], completed: new WeakSet(), r: {}, fe() {} }
  return hydrate(() => createComponent(Identity, props), target)
}`,
  server: `
import { ${names} } from 'local-first-identity/client/solid'
import { createComponent, escape, renderToString, ssr, ssrHydrationKey } from 'solid-js/web'

function Identity({ id, auth, passkeys, handOut }) {${call}
  ${solidText}
  return ssr(['<p', ' id="', '">', '</p>'], ssrHydrationKey(), escape(id, true), escape(shown()))
}
const renderToText = (props) => renderToString(() => createComponent(Identity, props))`,
}

export const hooksApps: readonly HooksApp[] = [react, vue, svelte, solid]
