/**
 * What the page's proof panel proves an identity for. A third name beside those of ../better-auth/audiences.mts:
 * whoever plays with a proof must not have one in their hands that would sign somebody up.
 */
export const PANEL_AUDIENCE = 'demo-app-panel'
