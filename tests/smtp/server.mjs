// A mail server on the library of Nodemailer. One argument, as JSON: `port`, `mails` (the folder for what it
// accepts, one JSON file each), `secure` (TLS from the first byte, or STARTTLS), `cert` and `key` (files), `user`
// and `password` (a login is required if they're there), `refused` (recipients that it refuses) and `busy` (as
// many messages as it first answers with 451).

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const plan = JSON.parse(process.argv[2]);
let [mails, busy] = [0, plan.busy ?? 0];

const answer = (code, words) => Object.assign(new Error(words), { responseCode: code });

const server = new SMTPServer({
    secure: plan.secure,
    cert: readFileSync(plan.cert),
    key: readFileSync(plan.key),
    authOptional: !plan.user,
    onAuth({ username, password }, _, callback) {
        const isRight = username === plan.user && password === plan.password;
        callback(isRight ? null : answer(535, "5.7.8 Authentication failed"), { user: username });
    },
    onRcptTo({ address }, _, callback) {
        callback((plan.refused ?? []).includes(address) ? answer(550, "5.1.1 No such mailbox") : null);
    },
    async onData(stream, session, callback) {
        const chunks = [];
        for await (const chunk of stream) chunks.push(chunk);
        if (busy > 0) {
            busy -= 1;
            return callback(answer(451, "4.3.2 Try again later"));
        }
        const raw = Buffer.concat(chunks);
        const mail = await simpleParser(raw);
        const { envelope, secure, user } = session;
        mails += 1;
        const part = join(plan.mails, `${mails}.part`);
        writeFileSync(part, JSON.stringify({
            from: envelope.mailFrom.address,
            to: envelope.rcptTo.map(({ address }) => address),
            isEncrypted: secure,
            user,
            subject: mail.subject,
            messageId: mail.messageId,
            references: mail.references,
            inReplyTo: mail.inReplyTo,
            headers: Object.fromEntries(mail.headerLines.map(({ key, line }) => [key, line])),
            text: mail.text,
            html: mail.html,
            raw: raw.toString("latin1"),
        }));
        // Whole from the first moment on that it can be read.
        renameSync(part, join(plan.mails, `${mails}.json`));
        callback(null, `2.0.0 Ok: queued as ${mails}`);
    },
});

server.on("error", () => {});
server.listen(plan.port, "127.0.0.1");
