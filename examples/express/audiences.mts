// The audiences that a device signs tokens for. The server and the device import the same names.

/** To prove an identity at sign-up. */
export const SIGN_UP_AUDIENCE = 'my-app-signup'

/**
 * To be a guest. This is the app's ID, as in Jazz.
 *
 * It must differ from the name above. A device sends such a token with every request. With one name for both, anyone who got
 * hold of a token could sign up with it as the device's owner.
 */
export const APP_ID = 'my-app'
