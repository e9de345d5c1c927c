// Finding and changing what is on the page. Whatever comes from a person or a server becomes text, never markup.

/**
 * The element with an ID.
 *
 * @throws Error if the page has none of this kind: a slip in index.html, which shows at the first start.
 */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}`)
  return element
}

export const button = (id: string): HTMLButtonElement => byId(id, HTMLButtonElement)
export const form = (id: string): HTMLFormElement => byId(id, HTMLFormElement)
export const input = (id: string): HTMLInputElement => byId(id, HTMLInputElement)

/** Shows a text in an element, and leaves it alone if it has it: a live region would be read out again. */
export function say(id: string, text: string): void {
  const element = byId(id, HTMLElement)
  if (element.textContent !== text) element.textContent = text
}

/** Shows texts as the items of a list, in place of the ones it had. */
export function list(id: string, texts: readonly string[]): void {
  const items = texts.map((text) => {
    const item = document.createElement('li')
    item.textContent = text
    return item
  })
  byId(id, HTMLElement).replaceChildren(...items)
}

/** Runs `submit` in place of the browser's own way of sending a form. */
export function onSubmit(id: string, submit: () => unknown): void {
  form(id).addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
}
