// The Authentication API: issues tokens, and knows which are valid.

import { randomUUID } from "node:crypto";

export const CLIENT = { id: "wallboard", secret: "Sb1-Klient+ü" };
export const USER = { username: "tenant\\wall", password: "Gn7-Losen/&=" };
export const API_KEY = "Ak9-nyckel";

/** How long a rejected client must not ask again, in milliseconds. */
const QUIET_PERIOD = 59_000;
/** A token with more than this share of its life left needs no renewal. */
const FRESH = 0.5;

export class SignIn {
    constructor({ expiresIn = 3600, refreshExpiresIn = 86_400, shared = false }, rules) {
        // Several clients sign in as one user: the newest token may be another client's.
        this.shared = shared;
        this.expiresIn = expiresIn;
        this.refreshExpiresIn = refreshExpiresIn;
        this.rules = rules;
        this.access = new Map();
        this.refresh = new Map();
        this.latest = null;
        this.granted = { password: 0, client_credentials: 0, refresh_token: 0 };
        this.refusing = null;
        this.refusedAt = -QUIET_PERIOD;
        this.outstanding = 0;
    }

    /** Records that a grant is requested. Returns a function to call when it's answered. */
    begin() {
        if (this.outstanding > 0 && !this.shared) this.rules.broken("two grants at once");
        this.outstanding++;
        let isOver = false;
        return () => {
            if (!isOver) this.outstanding--;
            isOver = true;
        };
    }

    /** Answers a token request as [status, body]. */
    grant(headers, form) {
        this.#check(form);
        if (headers["x-api-key"] !== API_KEY) return this.#refuse(403, "Forbidden", "no x-api-key");
        const pair = `${CLIENT.id}:${CLIENT.secret}`;
        const credentials = Buffer.from((headers.authorization ?? "").replace(/^Basic /i, ""), "base64");
        if (!credentials.equals(Buffer.from(pair)) && !credentials.equals(Buffer.from(pair, "latin1"))) {
            return this.#refuse(401, "invalid_client", "wrong client credentials");
        }
        const isRefresh = form.get("grant_type") === "refresh_token";
        // If the refresh token is rejected, the client still has its credentials.
        if (this.refusing && !isRefresh) return this.#refuse(this.refusing, "invalid_grant", null);
        return this.#issue(form);
    }

    /** Returns whether a request may pass. Records a violation if it uses an old token. */
    admits(headers, at) {
        const token = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
        const known = this.access.get(token);
        if (known && !this.shared && this.latest && known.id < this.latest.id && Date.now() - this.latest.at > 2000) {
            this.rules.broken(`an old token at ${at} 2 s after a new one was given`);
        }
        if (!token) this.rules.broken(`no token at ${at}`);
        return known !== undefined && known.until > Date.now();
    }

    expireAccess() {
        for (const token of this.access.values()) token.until = 0;
    }

    expireRefresh() {
        this.refresh.clear();
    }

    /** Forgets the rejection: the client was told to try again. */
    allowRetry() {
        this.refusedAt = -QUIET_PERIOD;
    }

    #issue(form) {
        const type = form.get("grant_type");
        if (type === "refresh_token") {
            const until = this.refresh.get(form.get("refresh_token"));
            if (this.refusing || until === undefined || until < Date.now()) {
                return [400, { error: "invalid_grant", error_description: "Invalid refresh token" }];
            }
            this.refresh.delete(form.get("refresh_token"));
        } else if (type === "password") {
            if (form.get("username") !== USER.username || form.get("password") !== USER.password) {
                return this.#refuse(400, "invalid_grant", "wrong user");
            }
        } else if (type !== "client_credentials") {
            return this.#refuse(400, "unsupported_grant_type", `grant_type ${type}`);
        }
        this.granted[type]++;
        return [200, this.#tokens(type)];
    }

    #tokens(type) {
        const now = Date.now();
        const access = randomUUID();
        this.latest = { id: (this.latest?.id ?? 0) + 1, at: now, until: now + this.expiresIn * 1000 };
        this.access.set(access, this.latest);
        const body = {
            access_token: access, token_type: "bearer", expires_in: this.expiresIn, scope: "*",
        };
        if (type !== "client_credentials") {
            body.refresh_token = randomUUID();
            this.refresh.set(body.refresh_token, now + this.refreshExpiresIn * 1000);
        }
        return body;
    }

    #refuse(status, error, breaks) {
        if (breaks) this.rules.broken(`a grant with ${breaks}`);
        this.refusedAt = Date.now();
        return [status, { error, error_description: "Refused" }];
    }

    #check(form) {
        const now = Date.now();
        if (now - this.refusedAt < QUIET_PERIOD) {
            this.rules.broken(`a grant ${now - this.refusedAt} ms after one was refused`);
        }
        const { latest } = this;
        const isFresh = latest && latest.until - now > (latest.until - latest.at) * FRESH;
        if (isFresh && !this.shared && form.get("grant_type") !== "refresh_token") {
            this.rules.broken("a grant although the last token is fresh");
        }
    }
}
