//! Channels for messages: the command that tests one, and email to a real mail server.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use wallboard_domain::RedactedText;
use wallboard_notify::{
    Channel, ChannelKind, MailEncryption, MailSettings, Message, MessageId, MessageLine,
    MessageLink, MessageSeverity, Outbox, Retry, send,
};

use crate::{
    reports::read_on_a_phone,
    support::{certificates::Certificates, print_measured, smtp, smtp::SmtpServer},
};

/// Runs `wallboard notify test` on a configuration with these channels. Returns the status and what it prints.
fn test_channel(folder: &Path, channels: &str, name: &str) -> (Option<i32>, String) {
    let file = folder.join("wallboard.toml");
    fs::write(&file, format!("[access]\nmode = \"open\"\n{channels}")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_wallboard"))
        .args(["notify", "test", name, "--config"])
        .arg(&file)
        .env("SMTP_PASSWORD", smtp::PASSWORD)
        .output()
        .unwrap();
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// A receiver that answers one request with this status. Returns its port, and what it received in the end.
fn receive_once(status: &'static str) -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut bytes = [0; 4096];
        while !request.ends_with(b"}") {
            let read = stream.read(&mut bytes).unwrap();
            request.extend(&bytes[..read]);
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (port, receiving)
}

#[test]
fn notify_test_prints_the_answer_or_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let channels = |port: u16, more: &str| {
        format!(
            "[channels.floor]\nkind = \"teams\"\nurl = \"http://127.0.0.1:{port}/s3cr3t\"\n{more}\n"
        )
    };
    let (port, receiving) = receive_once("202 Accepted");
    let allowed = "allow_private = true";
    let (status, text) = test_channel(folder.path(), &channels(port, allowed), "floor");
    assert_eq!(status, Some(0), "{text}");
    assert!(
        text.starts_with("ok      floor: 202 Accepted in "),
        "{text}"
    );
    let request = receiving.join().unwrap();
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["attachments"][0]["content"]["version"], "1.4");

    let (port, _receiving) = receive_once("404 Not Found");
    let (status, text) = test_channel(folder.path(), &channels(port, allowed), "floor");
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("create it again in Teams"), "{text}");
    assert!(!text.contains("s3cr3t"), "{text}");

    let (status, text) = test_channel(folder.path(), &channels(port, ""), "floor");
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("allow_private = true"), "{text}");

    let (status, text) = test_channel(folder.path(), &channels(port, ""), "flor");
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("these exist: floor"), "{text}");
}

#[test]
fn notify_test_sends_an_email_that_reads_as_text_and_html() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::write_to(folder.path());
    for (encryption, secure) in [("starttls", false), ("tls", true)] {
        let server = SmtpServer::start(&certificates.server, &json!({ "secure": secure }));
        let channels = format!(
            "[channels.leads]\nkind = \"email\"\nhost = \"localhost\"\nport = {}\n\
             encryption = \"{encryption}\"\nca_file = \"ca.pem\"\nallow_private = true\n\
             username = \"{}\"\npassword = {{ env = \"SMTP_PASSWORD\" }}\n\
             from = \"Wallboard <wallboard@example.com>\"\nto = [\"anna@example.com\"]\n",
            server.port,
            smtp::USER
        );
        let (status, text) = test_channel(folder.path(), &channels, "leads");
        assert_eq!(status, Some(0), "{text}");
        assert!(
            text.contains("ok      leads: 250 2.0.0 Ok: queued as 1"),
            "{text}"
        );
        let mail = server.mails().remove(0);
        assert_eq!(mail["isEncrypted"], true);
        assert_eq!(mail["user"], smtp::USER);
        assert_eq!(mail["to"], json!(["anna@example.com"]));
        assert!(mail["text"].as_str().unwrap().contains("Channel: leads"));
        assert!(mail["html"].as_str().unwrap().contains(">leads</td>"));
    }
}

fn mail_channel(server: &SmtpServer, ca_file: &Path, to: &[&str]) -> Channel {
    let password = RedactedText(smtp::PASSWORD.to_owned());
    let settings = MailSettings {
        host: "localhost".to_owned(),
        port: server.port,
        encryption: MailEncryption::StartTls,
        login: Some((smtp::USER.to_owned(), password)),
        ca_file: Some(ca_file.to_owned()),
        from: "Växeln <wallboard@example.com>".to_owned(),
        to: to.iter().map(ToString::to_string).collect(),
    };
    Channel {
        name: "leads".to_owned(),
        kind: ChannelKind::Email(Box::new(settings)),
        allow_private: true,
        unusable: None,
        hourly_max: 20,
    }
}

fn message(headline: &str) -> Message {
    Message {
        headline: headline.to_owned(),
        lines: vec![
            MessageLine::new("Väntar", "12"),
            MessageLine::new("<b>Längst</b>", "04:10"),
        ],
        severity: MessageSeverity::Critical,
        link: Some(MessageLink {
            label: "Ta den".to_owned(),
            url: "https://wall.example.com/alerts?a=1&b=2".to_owned(),
        }),
        thread: "queue/chat/nord".to_owned(),
        time: jiff::Timestamp::from_second(1_800_000_000).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn emails_of_a_thread_are_one_conversation_and_a_repeat_has_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::write_to(folder.path());
    let plan = json!({ "busy": 1, "refused": ["gone@example.com"] });
    let server = SmtpServer::start(&certificates.server, &plan);
    let to = ["gone@example.com", "anna@example.com", "lars@example.com"];
    let channel = mail_channel(&server, &certificates.ca, &to);
    let (first, second) = (
        MessageId("a1-1-leads".to_owned()),
        MessageId("a1-2-leads".to_owned()),
    );

    let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let mut outbox = Outbox::default();
    outbox.add(
        first.clone(),
        "leads",
        message("Växel Nord: 12 väntar"),
        now,
    );
    let mut ids = Vec::new();
    while let Some(next) = outbox.next_due() {
        for one in outbox.due(next, std::slice::from_ref(&channel), |_| message("")) {
            ids.push(one.id.clone());
            let outcome = Box::pin(send(&channel, &one.id, &one.message)).await;
            if ids.len() == 1 {
                let failed = outcome.as_ref().unwrap_err();
                assert_eq!(failed.retry, Retry::Later);
                assert!(
                    failed.reason.contains("451 4.3.2 Try again later"),
                    "{failed}"
                );
            }
            outbox.settle(&one.id, outcome, next);
        }
    }
    assert_eq!(ids, [first.clone(), first]);
    let over = Box::pin(send(&channel, &second, &message("Över")))
        .await
        .unwrap();
    assert!(
        over.answer
            .contains("but not for gone@example.com (550 5.1.1 No such mailbox)")
    );
    print_measured("email accepted", over.took, Duration::from_secs(2));

    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0]["messageId"], "<a1-1-leads@example.com>");
    assert_eq!(mails[1]["messageId"], "<a1-2-leads@example.com>");
    assert_eq!(mails[0]["references"], mails[1]["references"]);
    assert_eq!(mails[0]["subject"], "Växel Nord: 12 väntar");
    assert_eq!(
        mails[0]["to"],
        json!(["anna@example.com", "lars@example.com"])
    );
    let text = mails[0]["text"].as_str().unwrap();
    assert!(
        text.contains("Väntar: 12") && text.contains("Ta den: https://"),
        "{text}"
    );
    let html = mails[0]["html"].as_str().unwrap();
    assert!(
        html.contains("&lt;b&gt;Längst") && html.contains("a=1&amp;b=2"),
        "{html}"
    );
    let raw = mails[0]["raw"].as_str().unwrap();
    assert!(raw.lines().all(|line| line.len() < 998), "{raw}");
    let facts = ["Växel Nord: 12 väntar", "<b>Längst</b>", "04:10", "Ta den"];
    read_on_a_phone(&mails[0], &facts, "mail of an alert").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_and_foreign_certificate_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::write_to(folder.path());
    let plan = json!({ "password": "another" });
    let server = SmtpServer::start(&certificates.server, &plan);
    let id = MessageId("a1".to_owned());
    let wrong = mail_channel(&server, &certificates.ca, &["anna@example.com"]);
    let failed = Box::pin(send(&wrong, &id, &message("x")))
        .await
        .unwrap_err();
    assert_eq!(failed.retry, Retry::Never);
    assert!(failed.reason.contains("refused the login: 535"), "{failed}");

    let foreign = mail_channel(&server, &certificates.foreign_ca, &["anna@example.com"]);
    let failed = Box::pin(send(&foreign, &id, &message("x")))
        .await
        .unwrap_err();
    assert_eq!(failed.retry, Retry::Later);
    assert!(
        failed
            .reason
            .contains("an authority that this server doesn't trust"),
        "{failed}"
    );
    assert!(server.mails().is_empty());
}

/// Runs the guide's Python on a request as we sign it.
#[test]
fn documented_code_verifies_the_signature() {
    let guide = include_str!("../../docs/how-to/channels.md");
    let (_, code) = guide.split_once("```python\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    let now = jiff::Timestamp::now().as_second();
    let body = r#"{"id":"m1","text":"Växel"}"#;
    for secret in [
        "a-secret-of-24-characters",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ] {
        let signature = wallboard_notify::sign(&RedactedText(secret.to_owned()), "m1", now, body);
        for (sent, body, is_genuine) in [
            (now, body, true),
            (now, r#"{"id":"m1","text":"Vaxel"}"#, false),
            (now - 3600, body, false),
        ] {
            let headers = json!({
                "webhook-id": "m1", "webhook-timestamp": sent.to_string(), "webhook-signature": signature,
            });
            let program = format!(
                "{code}\nimport json, sys\nheaders, body, secret = json.loads(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]\nprint(is_genuine(headers, body, secret))\n"
            );
            let output = Command::new("python3")
                .args(["-c", &program, &headers.to_string(), body, secret])
                .output()
                .unwrap();
            let expected = if is_genuine { "True\n" } else { "False\n" };
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(
                text,
                expected,
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}
