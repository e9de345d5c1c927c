// The audiences that a device signs tokens for. The server and the device import the same names.

/** To prove an identity at sign-up. */
export const SIGN_UP_AUDIENCE = 'demo-app-signup'

/**
 * To read and write data. In Jazz this is the app's ID.
 *
 * It must differ from the name above. A device sends such a token with every request. With one name for both, anyone who got
 * hold of a token could sign up with it as the device's owner.
 */
export const SYNC_AUDIENCE = 'demo-app-sync'
