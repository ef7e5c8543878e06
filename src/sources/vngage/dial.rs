//! From an address to an open AMQP connection: TCP, TLS, greeting, each within
//! its time. lapin is handed a stream that stands and never connects by itself.

use std::{
    fs, io,
    net::Shutdown,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lapin::{
    AsyncTcpStream, Connection, ConnectionProperties,
    tcp::{RustlsConnector, RustlsConnectorConfig},
    uri::{AMQPScheme, AMQPUri},
};
use rustls::{
    CertificateError,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use socket2::{SockRef, Socket};
use tokio::{
    net::lookup_host,
    runtime::Handle,
    task::spawn_blocking,
    time::{sleep, timeout},
};

use super::{Error, Settings, error::Step};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// The whole of it: name, TCP, TLS and greeting.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// A connection that is no longer wanted may say goodbye for so long.
const FAREWELL: Duration = Duration::from_secs(2);

/// An open connection. Dropping it closes it, whether the broker answers or not.
pub(super) struct Line {
    // Dropped first, so that it has its time to say goodbye.
    pub(super) connection: Connection,
    _hang_up: HangUp,
}

pub(super) async fn dial(settings: &Settings, purpose: &str) -> Result<Line, Error> {
    let opening = open(settings, purpose);
    timeout(OPEN_WITHIN, opening)
        .await
        .unwrap_or(Err(Error::NoGreeting))
}

async fn open(settings: &Settings, purpose: &str) -> Result<Line, Error> {
    let address = settings.address()?;
    let runtime = lapin::runtime::default_runtime().map_err(|_| Error::Lost)?;

    let addresses = lookup_host((address.authority.host.as_str(), address.authority.port));
    let mut outcome = Err(Error::Resolve);
    for found in addresses.await.map_err(|_| Error::Resolve)? {
        outcome = match timeout(CONNECT_WITHIN, AsyncTcpStream::connect(&runtime, found)).await {
            Ok(stream) => stream.map_err(|cause| unreachable(&cause)),
            Err(_) => Err(Error::NoConnection),
        };
        if outcome.is_ok() {
            break;
        }
    }
    let stream = outcome?;
    let AsyncTcpStream::Plain(tcp) = &stream else {
        return Err(Error::Lost);
    };
    let hang_up = HangUp::on(&SockRef::from(tcp.get_ref())).map_err(|_| Error::Lost)?;
    let stream = match address.scheme {
        AMQPScheme::AMQP => stream,
        AMQPScheme::AMQPS => {
            let trust = trust(settings).await?;
            let host = &address.authority.host;
            let secured = stream.into_rustls(&trust, host).await;
            secured.map_err(|cause| tls_failed(&cause))?
        }
    };
    // Handed out once: a second attempt by lapin itself finds nothing.
    let stream = Mutex::new(Some(stream));
    let hand_over = async move |_: AMQPUri, _: _| {
        let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected).into())
    };
    let properties = properties(settings, purpose);
    let greeted = Connection::connector(address, runtime, hand_over, properties).await;
    Ok(Line {
        connection: greeted.map_err(|error| Step::Greet.failed(settings, &error))?,
        _hang_up: hang_up,
    })
}

fn properties(settings: &Settings, purpose: &str) -> ConnectionProperties {
    let name = format!("wallboard {} ({purpose})", settings.id);
    ConnectionProperties::default()
        .with_connection_name(name.into())
        .with_client_property("product".into(), "wallboard".into())
        .with_client_property("version".into(), env!("CARGO_PKG_VERSION").into())
}

fn unreachable(cause: &io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::ConnectionRefused => Error::NobodyListens,
        io::ErrorKind::TimedOut => Error::NoConnection,
        kind => Error::Unreachable(kind.to_string()),
    }
}

/// The system's roots, ours besides, and our own certificate where there is one.
async fn trust(settings: &Settings) -> Result<RustlsConnector, Error> {
    let settings = settings.clone();
    spawn_blocking(move || read_trust(&settings))
        .await
        .map_err(|_| Error::Lost)?
}

fn read_trust(settings: &Settings) -> Result<RustlsConnector, Error> {
    let config = RustlsConnectorConfig::new_with_native_certs();
    let config = match &settings.ca_file {
        // A machine without roots of its own is well served by this one.
        Some(file) => config
            .unwrap_or_default()
            .with_parsable_certificates(certificates("`ca_file`", file)?),
        None => {
            config.map_err(|_| certificate("`ca_file`", "this server has no root certificates"))?
        }
    };
    let connector = match &settings.client {
        Some((cert, key)) => {
            let chain = certificates("`client_cert`", cert)?;
            let key = read("`client_key`", key)?;
            let key = PrivateKeyDer::from_pem_slice(&key)
                .map_err(|_| certificate("`client_key`", "it has no PEM private key"))?;
            config.connector_with_single_cert(chain, key)
        }
        None => config.connector_with_no_client_auth(),
    };
    connector.map_err(|cause| {
        let inner = cause.get_ref().and_then(|inner| inner.downcast_ref());
        match inner {
            Some(rustls::Error::InconsistentKeys(_)) => {
                certificate("`client_key`", "it isn't the key of `client_cert`")
            }
            _ => certificate("the certificates", cause.to_string()),
        }
    })
}

fn certificates(what: &'static str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(what, file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| certificate(what, "it has no PEM certificate"))
}

fn read(what: &'static str, file: &Path) -> Result<Vec<u8>, Error> {
    fs::read(file).map_err(|cause| certificate(what, cause.kind().to_string()))
}

fn certificate(what: &'static str, why: impl Into<String>) -> Error {
    let why = why.into();
    Error::Certificate { what, why }
}

/// What a person can do about a failed handshake.
fn tls_failed(cause: &io::Error) -> Error {
    let refused = cause.get_ref().and_then(|inner| inner.downcast_ref());
    let why = match refused {
        Some(rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        )) => {
            "its certificate is from an authority that this server doesn't trust: set `ca_file` to its authority"
        }
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => "its certificate is for a different host than the one in `url`",
        Some(rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => "its certificate has expired",
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        )) => "its certificate isn't valid yet; check this server's clock",
        Some(rustls::Error::InvalidCertificate(_)) => "its certificate isn't valid",
        Some(rustls::Error::InvalidMessage(_)) => {
            "it didn't respond with TLS: check that the port in `url` is the TLS port"
        }
        Some(rustls::Error::AlertReceived(_)) => {
            "it rejected the connection; it may require `client_cert` and `client_key`"
        }
        _ if cause.kind() == io::ErrorKind::UnexpectedEof => {
            "it closed the connection during the handshake"
        }
        _ => return Error::Tls(cause.kind().to_string()),
    };
    Error::Tls(why.to_owned())
}

/// Ends the socket under lapin, whose thread would otherwise wait for an answer
/// for as long as a silent broker keeps the line open.
struct HangUp(Option<Socket>);

impl HangUp {
    fn on(socket: &SockRef<'_>) -> io::Result<Self> {
        Ok(Self(Some(socket.try_clone()?)))
    }
}

impl Drop for HangUp {
    fn drop(&mut self) {
        let Some(socket) = self.0.take() else { return };
        // Without a runtime the process is ending, and the socket with it.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                sleep(FAREWELL).await;
                // The broker may have closed it already.
                socket.shutdown(Shutdown::Both).ok();
            });
        }
    }
}
