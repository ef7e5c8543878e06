// The cookies that bind a client's requests to its session.

import { randomUUID } from "node:crypto";

export const SESSION = "STATISTICS_SESSIONID";
export const BROWSER = "BAYEUX_BROWSER";

/** The cookies of a request by name. */
export function cookies(headers) {
    const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
    return Object.fromEntries(pairs.filter(([, value]) => value));
}

/** What is to be set for a session that these cookies do not name yet. */
export function missing(had, session, needsBrowser) {
    const set = [];
    if (had[SESSION] !== session.id) set.push(`${SESSION}=${session.id}; Path=/statistics/v3; HttpOnly`);
    if (needsBrowser && !had[BROWSER]) set.push(`${BROWSER}=${randomUUID()}; HttpOnly`);
    return set;
}
