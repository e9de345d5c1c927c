/**
 * 9999-12-31T23:59:59Z in Unix seconds: the last second that RFC 3339 can write, and the last that the addon accepts. A time
 * in milliseconds, the usual mistake, is beyond it.
 */
export const LAST_SECOND = 253_402_300_799
