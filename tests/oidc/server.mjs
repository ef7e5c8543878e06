// An identity provider on the library that the OpenID Foundation has certified. One argument, as JSON:
// `port`, `client` (`id`, `secret`, `redirect`) and `people`: the claims of each, by the name that they sign in
// with. Every password is right. The keys are new at each start.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const { port, client, people } = JSON.parse(process.argv[2]);

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = {
    ...privateKey.export({ format: "jwk" }),
    kid: randomBytes(8).toString("hex"),
    use: "sig",
    alg: "RS256",
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirect],
        grant_types: ["authorization_code"],
        response_types: ["code"],
    }],
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    pkce: { required: () => true },
    // As most providers do: claims are in the identity token too.
    conformIdTokenClaims: false,
    claims: {
        openid: ["sub"],
        profile: ["name", "preferred_username"],
        email: ["email", "email_verified"],
        groups: ["groups"],
    },
    findAccount: (_, id) => people[id] && {
        accountId: id,
        claims: () => ({ sub: id, ...people[id] }),
    },
});

provider.listen(port, "127.0.0.1");
