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
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

use wallboard_runtime::https;

use crate::{SendError, network_address::resolve_host};

use super::{
    MailEncryption, MailSettings,
    greeted_stream::GreetedStream,
    mail_error::{explain_error, explain_login, plain_words, server_words},
    start_tls::start_tls,
};

/// For the connection and TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For everything after; mail servers look at a message before they accept it.
const SESSION_TIMEOUT: Duration = Duration::from_secs(20);
/// In the order of preference.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// Sends an email. Returns the server's answer.
pub(crate) async fn send_mail(
    settings: &MailSettings,
    allow_private: bool,
    mail: &Mail,
) -> Result<String, SendError> {
    let host = &settings.host;
    let late = |what: &str| {
        SendError::temporary(format!(
            "{host} didn't {what} in time. Check `host` and `port` in the channel, and any firewalls in between."
        ))
    };
    let connection = timeout(CONNECT_TIMEOUT, connect(settings, allow_private)).await;
    let (stream, client) = connection.map_err(|_| late("respond"))??;
    let session = timeout(SESSION_TIMEOUT, run_session(settings, stream, client, mail)).await;
    session.map_err(|_| late("accept the message"))?
}

/// Connects to one of the addresses that were checked, and begins TLS.
async fn connect(
    settings: &MailSettings,
    allow_private: bool,
) -> Result<(GreetedStream, ClientId), SendError> {
    let host = &settings.host;
    let addresses = resolve_host(host, settings.port, allow_private).await;
    let addresses = addresses.map_err(|fault| fault.of_channel(host))?;
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
        let advice = https::explain_unreachable(&error).replace(" if the source has that key", "");
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
