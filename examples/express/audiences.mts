// What a device signs a token for. The server's half and the device's import the same names.

/** To prove an identity at sign-up. */
export const SIGN_UP_AUDIENCE = 'my-app-signup'

/**
 * The app's ID, as in Jazz: to be a guest. Another name than the one above: a device shows such a token with every request,
 * and whoever got hold of one could otherwise sign up with it as the device's owner.
 */
export const APP_ID = 'my-app'
