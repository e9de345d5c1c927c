// Finds and changes elements of the page. Text from a person or a server is set as text, never as markup.

/**
 * Returns the element with an ID.
 *
 * @throws Error if the page has none of this kind: a mistake in index.html, which shows at the first start.
 */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}`)
  return element
}

export const button = (id: string): HTMLButtonElement => byId(id, HTMLButtonElement)
export const form = (id: string): HTMLFormElement => byId(id, HTMLFormElement)
export const input = (id: string): HTMLInputElement => byId(id, HTMLInputElement)

/** Shows a text in an element. Does nothing if the text is already there: a live region would be read out again. */
export function say(id: string, text: string): void {
  const element = byId(id, HTMLElement)
  if (element.textContent !== text) element.textContent = text
}

/** Shows texts as the items of a list, in place of the earlier items. */
export function list(id: string, texts: readonly string[]): void {
  const items = texts.map((text) => {
    const item = document.createElement('li')
    item.textContent = text
    return item
  })
  byId(id, HTMLElement).replaceChildren(...items)
}

/**
 * Shows at a field what is wrong with it, and puts the focus there. An empty text removes the message. The page has an
 * element `#<field>-error`, which describes the field.
 */
export function blame(field: string, text: string): void {
  const element = byId(field, HTMLElement)
  say(`${field}-error`, text)
  if (text) {
    element.setAttribute('aria-invalid', 'true')
    element.focus()
  } else element.removeAttribute('aria-invalid')
}

/** Removes the message of a field as soon as the person changes the field. */
export function forgiveOnInput(...fields: string[]): void {
  for (const field of fields) byId(field, HTMLElement).addEventListener('input', () => blame(field, ''))
}

/** Asks a question in a dialog. Returns whether the person chose the button with this value. */
export function ask(dialogId: string, value: string): Promise<boolean> {
  const dialog = byId(dialogId, HTMLDialogElement)
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === value), { once: true })
  })
}

const COPIED_MS = 2_000

/** Makes a button copy a text, and show that for two seconds. */
export function copyOnClick(id: string, text: () => string): void {
  const element = button(id)
  const label = element.textContent
  element.addEventListener('click', async () => {
    const isCopied = await navigator.clipboard.writeText(text()).then(
      () => true,
      () => false,
    )
    element.textContent = isCopied ? 'Copied' : 'Copying was refused'
    setTimeout(() => {
      element.textContent = label
    }, COPIED_MS)
  })
}

/** Runs `submit` when a form is sent, in place of the browser's own request. */
export function onSubmit(id: string, submit: () => unknown): void {
  form(id).addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
}
