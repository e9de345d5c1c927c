/**
 * The audience of the page's proof panel. It differs from those of ../better-auth/audiences.mts: people play with these
 * proofs, so none of them may be valid for a sign-up.
 */
export const PANEL_AUDIENCE = 'demo-app-panel'
