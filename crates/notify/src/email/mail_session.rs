//! The session with a mail server: TLS first, then the login, the recipients and the message.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use lettre::{
    Address, Message as Mail,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::AsyncSmtpConnection,
        commands::{Data, Mail as MailFrom, Rcpt},
        extension::ClientId,
    },
};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use wallboard_runtime::https;

use crate::{Message, MessageId, SendError, message::cut_text, network_address::resolve_host};

use super::{
    MailEncryption, MailSettings, greeted_stream::GreetedStream, mail_message::write_mail,
};

/// For the connection and TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For everything after; mail servers look at a message before they accept it.
const SESSION_TIMEOUT: Duration = Duration::from_secs(20);
/// The most bytes of the server's lines before TLS.
const PRELUDE_BYTES_MAX: u64 = 8 * 1024;
/// As much of the server's own words as is shown. In characters.
const WORDS_LENGTH_MAX: usize = 160;
/// In the order of preference.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// Sends the message as an email. Returns the server's answer.
pub(crate) async fn send_mail(
    settings: &MailSettings,
    allow_private: bool,
    id: &MessageId,
    message: &Message,
) -> Result<String, SendError> {
    let mail = write_mail(settings, id, message)?;
    let host = &settings.host;
    let late = |what: &str| {
        SendError::temporary(format!(
            "{host} didn't {what} in time. Check `host` and `port` in the channel, and any firewalls in between."
        ))
    };
    let connection = timeout(CONNECT_TIMEOUT, connect(settings, allow_private)).await;
    let (stream, client) = connection.map_err(|_| late("respond"))??;
    let session = timeout(
        SESSION_TIMEOUT,
        run_session(settings, stream, client, &mail),
    )
    .await;
    session.map_err(|_| late("accept the message"))?
}

/// Connects to one of the addresses that were checked, and begins TLS.
async fn connect(
    settings: &MailSettings,
    allow_private: bool,
) -> Result<(GreetedStream, ClientId), SendError> {
    let host = &settings.host;
    let addresses = resolve_host(host, settings.port, allow_private).await?;
    let stream = TcpStream::connect(&*addresses).await;
    let mut stream = stream.map_err(|error| {
        let advice = https::explain_unreachable(&error);
        SendError::temporary(format!("Can't reach {host}: {advice}."))
    })?;
    let client = client_id(stream.local_addr().ok());
    let greeting: &[u8] = match settings.encryption {
        MailEncryption::Tls => b"",
        MailEncryption::StartTls => {
            stream = start_tls(host, stream, &client).await?;
            b"220 TLS\r\n"
        }
    };
    let stream = encrypt(settings, stream).await?;
    Ok((GreetedStream { greeting, stream }, client))
}

/// Requests TLS on a connection without.
async fn start_tls(
    host: &str,
    stream: TcpStream,
    client: &ClientId,
) -> Result<TcpStream, SendError> {
    let odd = |what: &str| {
        SendError::temporary(format!(
            "{host} {what}. Check `port` in the channel: 587 is usual with STARTTLS, 465 with encryption = \"tls\"."
        ))
    };
    let mut stream = BufReader::new(stream);
    let silent = |_| odd("isn't a mail server that responds without TLS");
    let greeting = read_reply(&mut stream).await.map_err(silent)?;
    if !greeting.starts_with("220") {
        return Err(odd(&format!(
            "refused the connection: {}",
            plain_words(&greeting)
        )));
    }
    for (command, is_answered) in [
        (
            format!("EHLO {client}\r\n"),
            has_start_tls as fn(&str) -> bool,
        ),
        ("STARTTLS\r\n".to_owned(), |reply| reply.starts_with("220")),
    ] {
        let written = stream.get_mut().write_all(command.as_bytes()).await;
        written.map_err(|_| odd("closed the connection"))?;
        let reply = read_reply(&mut stream).await;
        let reply = reply.map_err(|_| odd("closed the connection"))?;
        if !is_answered(&reply) {
            return Err(odd(
                "doesn't offer STARTTLS, and mail isn't sent without TLS",
            ));
        }
    }
    // Somebody in between could have added it.
    if !stream.buffer().is_empty() {
        return Err(odd("sent more than its answer before TLS"));
    }
    Ok(stream.into_inner())
}

fn has_start_tls(reply: &str) -> bool {
    let mut lines = reply.lines();
    lines.any(|line| {
        (line.get(4..)).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"))
    })
}

/// Reads all lines of a reply.
async fn read_reply(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut reply = String::new();
    let mut bounded = stream.take(PRELUDE_BYTES_MAX);
    loop {
        let start = reply.len();
        let read = bounded.read_line(&mut reply).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        // "250-" is followed by another line.
        if reply.as_bytes().get(start + 3) != Some(&b'-') {
            return Ok(reply);
        }
    }
}

async fn encrypt(
    settings: &MailSettings,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, SendError> {
    let host = &settings.host;
    let unusable = |why: String| SendError::permanent(why);
    let tls = https::tls_config_trusting(settings.ca_file.as_deref());
    let tls = tls.map_err(|error| unusable(format!("The channel's {error}.")))?;
    let name = ServerName::try_from(host.clone());
    let name = name.map_err(|_| unusable(format!("{host:?} isn't a host. Set `host` again.")))?;
    let connector = TlsConnector::from(Arc::new(tls));
    connector.connect(name, stream).await.map_err(|error| {
        let advice = https::explain_unreachable(&error).replace("the source has", "it isn't set");
        SendError::temporary(format!("Can't connect to {host} with TLS: {advice}."))
    })
}

/// Greets with our own address, as RFC 5321 has it for machines without a public name.
fn client_id(local: Option<SocketAddr>) -> ClientId {
    match local {
        Some(SocketAddr::V4(address)) => ClientId::Ipv4(*address.ip()),
        Some(SocketAddr::V6(address)) => ClientId::Ipv6(*address.ip()),
        None => ClientId::default(),
    }
}

async fn run_session(
    settings: &MailSettings,
    stream: GreetedStream,
    client: ClientId,
    mail: &Mail,
) -> Result<String, SendError> {
    let failed = |error: lettre::transport::smtp::Error| explain_error(settings, &error);
    let connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &client);
    let mut connection = connection.await.map_err(failed)?;
    if let Some((user, password)) = &settings.login {
        let credentials = Credentials::new(user.clone(), password.0.clone());
        let signed_in = connection.auth(MECHANISMS, &credentials).await;
        signed_in.map_err(|error| explain_login(settings, &error))?;
    }
    let envelope = mail.envelope();
    let from = MailFrom::new(envelope.from().cloned(), Vec::new());
    connection.command(from).await.map_err(failed)?;
    let refused = add_recipients(settings, &mut connection, envelope.to()).await?;
    connection.command(Data).await.map_err(failed)?;
    let answer = connection
        .message(&mail.formatted())
        .await
        .map_err(failed)?;
    // It has the message; the answer to this isn't waited for long, nor does it matter.
    drop(timeout(Duration::from_secs(1), connection.quit()).await);
    let words = answer.first_line().unwrap_or_default();
    let accepted = plain_words(&format!("{} {words}", answer.code()));
    Ok(match &*refused {
        [] => accepted,
        refused => format!("{accepted}, but not for {}", refused.join(", ")),
    })
}

/// Names the recipients. Returns those that are refused, unless all are.
async fn add_recipients(
    settings: &MailSettings,
    connection: &mut AsyncSmtpConnection,
    recipients: &[Address],
) -> Result<Vec<String>, SendError> {
    let mut refused = Vec::new();
    for recipient in recipients {
        let answer = connection.command(Rcpt::new(recipient.clone(), Vec::new()));
        let Err(error) = answer.await else { continue };
        if error.status().is_none() || refused.len() + 1 == recipients.len() {
            return Err(explain_error(settings, &error));
        }
        refused.push(format!("{recipient} ({})", server_words(&error)));
    }
    Ok(refused)
}

fn explain_login(settings: &MailSettings, error: &lettre::transport::smtp::Error) -> SendError {
    let host = &settings.host;
    if error.is_client() {
        return SendError::permanent(format!(
            "{host} offers no login with a password. Remove `username` and `password`, or use another server."
        ));
    }
    if error.is_permanent() {
        return SendError::permanent(format!(
            "{host} refused the login: {}. Check `username` and `password` in the channel, and whether the account may use SMTP.",
            mask_secrets(settings, &server_words(error))
        ));
    }
    explain_error(settings, error)
}

fn explain_error(settings: &MailSettings, error: &lettre::transport::smtp::Error) -> SendError {
    let host = &settings.host;
    let words = mask_secrets(settings, &server_words(error));
    if error.is_permanent() {
        return SendError::permanent(format!(
            "{host} refused the message: {words}. Check `from` and `to` in the channel, and whether the server lets this account send."
        ));
    }
    if error.is_transient() {
        return SendError::temporary(format!("{host} can't accept the message now: {words}."));
    }
    SendError::temporary(format!("The connection to {host} broke: {words}."))
}

fn mask_secrets(settings: &MailSettings, words: &str) -> String {
    match &settings.login {
        Some((_, password)) => password.mask_in(words),
        None => words.to_owned(),
    }
}

/// Returns the server's code and words, or what went wrong.
fn server_words(error: &lettre::transport::smtp::Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    let words = source.unwrap_or_default();
    match error.status() {
        Some(code) => plain_words(&format!("{code} {words}")),
        None => plain_words(&words),
    }
}

/// Returns a server's words as one short line.
fn plain_words(words: &str) -> String {
    let text = words.replace(|c: char| c.is_control(), " ");
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cut_text(&mut text, WORDS_LENGTH_MAX);
    text.trim_end_matches('.').to_owned()
}
