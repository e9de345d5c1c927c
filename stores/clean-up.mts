// Some expired rows are deleted now and then, when an entry is made. A clean-up deletes up to twice as many rows as were
// made since the last one, so that no table grows for ever. It never deletes so many that a request has to wait.

/** A clean-up runs after this many new entries. */
export const CLEAN_UP_EVERY = 50
/** A clean-up deletes this many rows at most. */
export const CLEAN_UP_ROWS = 100
