// Cookies that bind a client's requests to its session.

import { randomUUID } from "node:crypto";

export const SESSION = "STATISTICS_SESSIONID";
export const BROWSER = "BAYEUX_BROWSER";

/** Returns a request's cookies by name. */
export function cookies(headers) {
    const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
    return Object.fromEntries(pairs.filter(([, value]) => value));
}

/** Returns the cookies to set for a session that the request doesn't name yet. */
export function missing(had, session, needsBrowser) {
    const set = [];
    if (had[SESSION] !== session.id) set.push(`${SESSION}=${session.id}; Path=/statistics/v3; HttpOnly`);
    if (needsBrowser && !had[BROWSER]) set.push(`${BROWSER}=${randomUUID()}; HttpOnly`);
    return set;
}
