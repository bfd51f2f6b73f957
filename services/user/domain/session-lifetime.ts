const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Seconds that an access token is valid; a stolen one is worth no more, and the gateway asks about log-outs anyway. */
export const accessTokenSeconds = 600;
/** Longest life of a session, however often it is refreshed. */
export const sessionLifetimeMs = 90 * dayMs;
/** A session that is not refreshed for so long ends. */
export const refreshTokenLifetimeMs = 30 * dayMs;
/** Live sessions of one account; the oldest ends when one more begins. */
export const maxSessions = 50;
/** How long ended sessions are kept to answer questions about them. */
export const endedSessionsKeptMs = 7 * dayMs;
