use std::{fs, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use wallboard_domain::RedactedText;

use super::{
    MailDocument, MailEncryption, MailSettings, mail_message::write_mail, send_mail, write_document,
};
use crate::{Message, MessageId, MessageLine, MessageLink, MessageSeverity, Retry, SendError};

const PASSWORD: &str = "hunter2-hunter2";

fn settings(port: u16, encryption: MailEncryption, ca_file: Option<PathBuf>) -> MailSettings {
    MailSettings {
        host: "localhost".to_owned(),
        port,
        encryption,
        login: Some(("wallboard".to_owned(), RedactedText(PASSWORD.to_owned()))),
        ca_file,
        from: "Wallboard <wallboard@example.com>".to_owned(),
        to: vec!["anna@example.com".to_owned(), "lars@example.com".to_owned()],
    }
}

fn written(settings: &MailSettings) -> lettre::Message {
    write_mail(settings, &id(), &message()).unwrap()
}

fn message() -> Message {
    Message {
        headline: "Växel <b>Nord</b>: 12 waiting".to_owned(),
        lines: vec![MessageLine::new("Waiting & more", "12")],
        severity: MessageSeverity::Critical,
        link: Some(MessageLink {
            label: "Take it".to_owned(),
            url: "https://wall.example.com/alerts?a=1&b=2".to_owned(),
        }),
        thread: "queue/chat/nord".to_owned(),
        time: Timestamp::from_second(1_800_000_000).unwrap(),
    }
}

fn id() -> MessageId {
    MessageId("m1".to_owned())
}

/// A mail server that gives one answer to each line, and keeps the lines.
struct ScriptedServer {
    port: u16,
    task: JoinHandle<Vec<String>>,
    folder: TempDir,
}

impl ScriptedServer {
    /// `answers` are those before TLS, the first without a line; `later` those after it.
    async fn start(answers: &'static [&'static str], later: &'static [&'static str]) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["localhost".into()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        let tls = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            );
        let acceptor = TlsAcceptor::from(Arc::new(tls.unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (mut lines, stream) = play(stream, answers).await;
            if !later.is_empty()
                && let Ok(stream) = acceptor.accept(stream).await
            {
                lines.extend(play(stream, later).await.0);
            }
            lines
        });
        Self { port, task, folder }
    }

    async fn send(&self, encryption: MailEncryption) -> Result<String, SendError> {
        let ca_file = self.folder.path().join("ca.pem");
        let settings = settings(self.port, encryption, Some(ca_file));
        send_mail(&settings, true, &written(&settings)).await
    }
}

/// Answers each line, and the message as a whole.
async fn play<S: AsyncRead + AsyncWrite + Unpin>(stream: S, answers: &[&str]) -> (Vec<String>, S) {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    let (mut line, mut is_message) = (String::new(), false);
    for (at, answer) in answers.iter().enumerate() {
        // The first answer, a greeting, comes without a line.
        if 0 < at {
            loop {
                line.clear();
                if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
                    return (lines, stream.into_inner());
                }
                lines.push(line.trim_end().to_owned());
                if !is_message || line == ".\r\n" {
                    break;
                }
            }
        }
        is_message = answer.starts_with("354");
        stream.write_all(answer.as_bytes()).await.ok();
    }
    (lines, stream.into_inner())
}

const PRELUDE: &[&str] = &[
    "220 mail.example.com\r\n",
    "250-mail.example.com\r\n250 STARTTLS\r\n",
    "220 Go ahead\r\n",
];
const EHLO: &str = "250-mail.example.com\r\n250 AUTH PLAIN LOGIN\r\n";

#[tokio::test]
async fn server_without_tls_gets_neither_login_nor_message() {
    let server = ScriptedServer::start(&["220 mail.example.com\r\n", EHLO], &[]).await;
    let failed = server.send(MailEncryption::StartTls).await.unwrap_err();
    assert!(failed.reason.contains("doesn't offer STARTTLS"), "{failed}");
    let lines = server.task.await.unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("EHLO ["), "{lines:?}");
}

#[tokio::test]
async fn answers_added_before_tls_are_refused() {
    const ADDED: &[&str] = &[PRELUDE[0], PRELUDE[1], "220 Go ahead\r\n250 forged\r\n"];
    let server = ScriptedServer::start(ADDED, &["250 x\r\n"]).await;
    let failed = server.send(MailEncryption::StartTls).await.unwrap_err();
    assert!(failed.reason.contains("before TLS"), "{failed}");
}

#[tokio::test]
async fn message_is_accepted_after_starttls_although_one_recipient_is_refused() {
    let server = ScriptedServer::start(
        PRELUDE,
        &[
            // The client reads the greeting from before TLS.
            "",
            EHLO,
            "235 2.7.0 Welcome\r\n",
            "250 2.1.0 Ok\r\n",
            "550 5.1.1 No such mailbox\r\n",
            "250 2.1.5 Ok\r\n",
            "354 Go ahead\r\n",
            "250 2.0.0 Ok: queued as 7\r\n",
            "221 Bye\r\n",
        ],
    )
    .await;
    let answer = server.send(MailEncryption::StartTls).await.unwrap();
    assert_eq!(
        answer,
        "250 2.0.0 Ok: queued as 7, but not for anna@example.com (550 5.1.1 No such mailbox)"
    );
    let lines = server.task.await.unwrap();
    assert_eq!(lines[1], "STARTTLS");
    let has = |line: &str| assert!(lines.iter().any(|one| one == line), "{line}: {lines:?}");
    has("MAIL FROM:<wallboard@example.com>");
    has("Message-ID: <m1@example.com>");
    has("Auto-Submitted: auto-generated");
    has("Importance: high");
}

#[tokio::test]
async fn refusals_are_final_and_troubles_are_not() {
    for (answers, retry, words) in [
        (
            &["", EHLO, "535 5.7.8 Bad hunter2-hunter2\r\n"][..],
            Retry::Never,
            "refused the login: 535 5.7.8 Bad …. Check `username`",
        ),
        (
            &["", "250 mail.example.com\r\n"],
            Retry::Never,
            "offers no login with a password",
        ),
        (
            &[
                "",
                EHLO,
                "235 Ok\r\n",
                "250 Ok\r\n",
                "550 No\r\n",
                "550 Nor\r\n",
            ],
            Retry::Never,
            "refused the message: 550 Nor. Check `from` and `to`",
        ),
        (
            &["", EHLO, "235 Ok\r\n", "451 4.3.2 Busy\r\n"],
            Retry::Later,
            "can't accept the message now: 451 4.3.2 Busy.",
        ),
        (
            &["", EHLO, "235 Ok\r\n"],
            Retry::Later,
            "The connection to localhost broke",
        ),
    ] {
        let server = ScriptedServer::start(PRELUDE, answers).await;
        let failed = server.send(MailEncryption::StartTls).await.unwrap_err();
        assert!(failed.reason.contains(words), "{failed}");
        assert_eq!(failed.retry, retry, "{failed}");
        assert!(!failed.reason.contains(PASSWORD), "{failed}");
    }
}

#[tokio::test]
async fn server_with_a_foreign_certificate_gets_nothing() {
    let server = ScriptedServer::start(PRELUDE, &["", EHLO]).await;
    let untrusting = settings(server.port, MailEncryption::StartTls, None);
    let failed = send_mail(&untrusting, true, &written(&untrusting))
        .await
        .unwrap_err();
    assert!(failed.reason.contains("self-signed"), "{failed}");
    assert_eq!(server.task.await.unwrap().len(), 2);
}

#[tokio::test]
async fn own_network_and_unknown_hosts_get_no_mail() {
    let mut mail = settings(25, MailEncryption::Tls, None);
    let failed = send_mail(&mail, false, &written(&mail)).await.unwrap_err();
    assert!(failed.reason.contains("allow_private = true"), "{failed}");
    mail.host = "nowhere.invalid".to_owned();
    let failed = send_mail(&mail, false, &written(&mail)).await.unwrap_err();
    assert!(
        failed.reason.contains("Can't find nowhere.invalid"),
        "{failed}"
    );
    assert_eq!(failed.retry, Retry::Later);
}

#[test]
fn a_picture_is_within_the_mail_beside_the_html_that_refers_to_it() {
    let document = |picture: Option<Vec<u8>>| MailDocument {
        subject: "Last week".to_owned(),
        text: "Offered: 45".to_owned(),
        html: format!("<img src=\"{}\">", MailDocument::PICTURE),
        picture,
        file: None,
        time: Timestamp::from_second(1_800_000_000).unwrap(),
        thread: "report/week".to_owned(),
    };
    let write = |document: &MailDocument| {
        let settings = settings(587, MailEncryption::StartTls, None);
        let mail = write_document(&settings, &id(), document).unwrap();
        String::from_utf8(mail.formatted()).unwrap()
    };
    let mail = write(&document(Some(vec![137, 80, 78, 71])));
    for part in [
        "multipart/alternative",
        "multipart/related",
        "Content-ID: <chart>",
        "Content-Type: image/png",
        "Content-Disposition: inline",
        "iVBORw==",
        "Offered: 45",
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    assert!(!write(&document(None)).contains("multipart/related"));
}

#[test]
fn mail_has_text_and_html_without_foreign_markup_and_belongs_to_its_thread() {
    let mail = settings(25, MailEncryption::Tls, None);
    let write = |id: &str, message: &Message| {
        let mail =
            write_mail(&mail, &MessageId(id.to_owned()), &message.clone().bounded()).unwrap();
        // Without the breaks of quoted-printable lines.
        let text = String::from_utf8(mail.formatted()).unwrap();
        text.replace("=\r\n", "")
    };
    let first = write("m1", &message());
    assert!(first.contains("Content-Type: text/plain"), "{first}");
    assert!(first.contains("&lt;b&gt;Nord&lt;/b&gt;"), "{first}");
    assert!(first.contains("Waiting &amp; more"), "{first}");
    let (_, html) = first.split_once("text/html").unwrap();
    assert!(!html.contains("<b>"), "{html}");
    assert!(first.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000"));

    let mut over = message();
    over.severity = MessageSeverity::Over;
    over.headline = "Over\r\nBcc: eve@example.com".to_owned();
    let second = write("m 2 ä", &over);
    let header = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    assert_eq!(
        header(&first, "References:"),
        header(&second, "References:")
    );
    assert_eq!(header(&second, "Bcc:"), "");
    // An ID that headers can't have is a hash in them, always the same.
    let message_id = header(&second, "Message-ID:");
    assert!(message_id.ends_with("@example.com>") && message_id.is_ascii());
    assert_eq!(message_id, header(&write("m 2 ä", &over), "Message-ID:"));
}
