// How tables get rid of what has expired: now and then, a little, by whoever makes entries. Twice as much as has been made
// in the meantime, so that no table grows for ever, and never so much that somebody waits for it.

/** After how many new entries. */
export const CLEAN_UP_EVERY = 50
/** How many rows at most. */
export const CLEAN_UP_ROWS = 100
