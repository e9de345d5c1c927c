// One run at a time for a group of buttons, so that an impatient second click does not start anything twice.

/** The buttons of a group, each with a function that tells whether it can work now. */
export type Usable = ReadonlyMap<HTMLButtonElement, () => boolean>

/** Lets only one of these buttons work at a time. */
export function oneAtATime(usable: Usable) {
  let running = false

  function update(): void {
    for (const [button, canWork] of usable) button.disabled = running || !canWork()
  }

  return {
    /** Enables those that can work now. */
    update,
    /** Does `work` unless something else is being done. It must not throw. */
    async run(work: () => Promise<void>): Promise<void> {
      if (running) return
      const focused = document.activeElement
      running = true
      update()
      try {
        await work()
      } finally {
        running = false
        update()
        // A browser takes the focus from a button that it disables. People who use the keyboard want it back.
        if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus()
      }
    },
  }
}
