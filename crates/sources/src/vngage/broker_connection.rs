//! Opens an AMQP connection: TCP, TLS and AMQP handshake, with timeouts. Hands lapin a
//! connected stream, so that lapin never connects by itself.

use std::{fs, io, net::Shutdown, path::Path, time::Duration};

use lapin::{
    AsyncTcpStream, Connection, ConnectionProperties,
    tcp::{RustlsConnector, RustlsConnectorConfig},
    uri::{AMQPScheme, AMQPUri},
};
use parking_lot::Mutex;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use socket2::{SockRef, Socket};
use tokio::{
    net::lookup_host,
    runtime::Handle,
    task::spawn_blocking,
    time::{sleep, timeout},
};

use wallboard_runtime::https;

use super::{VngageError, VngageSettings, error::BrokerStep};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// For all steps: DNS, TCP, TLS and AMQP handshake. Short, since an attempt that began on a dead line
/// doesn't notice when the line is back.
const OPEN_TIMEOUT: Duration = Duration::from_secs(6);
/// The time that a dropped connection has for a clean close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// An open connection. Dropping it closes it, whether the broker answers or not.
pub(super) struct BrokerConnection {
    // Dropped first, so that it has time for a clean close.
    pub(super) connection: Connection,
    _close_on_drop: CloseOnDrop,
}

pub(super) async fn connect_broker(
    settings: &VngageSettings,
    purpose: &str,
) -> Result<BrokerConnection, VngageError> {
    let opening = open_connection(settings, purpose);
    timeout(OPEN_TIMEOUT, opening)
        .await
        .unwrap_or(Err(VngageError::NoGreeting))
}

async fn open_connection(
    settings: &VngageSettings,
    purpose: &str,
) -> Result<BrokerConnection, VngageError> {
    let address = settings.parse_url()?;
    let runtime = lapin::runtime::default_runtime().map_err(|_| VngageError::Lost)?;

    let addresses = lookup_host((address.authority.host.as_str(), address.authority.port));
    let mut outcome = Err(VngageError::Resolve);
    for found in addresses.await.map_err(|_| VngageError::Resolve)? {
        outcome = match timeout(CONNECT_TIMEOUT, AsyncTcpStream::connect(&runtime, found)).await {
            Ok(stream) => stream.map_err(|cause| connect_error(&cause)),
            Err(_) => Err(VngageError::NoConnection),
        };
        if outcome.is_ok() {
            break;
        }
    }
    let stream = outcome?;
    let AsyncTcpStream::Plain(tcp) = &stream else {
        return Err(VngageError::Lost);
    };
    let close_on_drop =
        CloseOnDrop::for_socket(&SockRef::from(tcp.get_ref())).map_err(|_| VngageError::Lost)?;
    let stream = match address.scheme {
        AMQPScheme::AMQP => stream,
        AMQPScheme::AMQPS => {
            let tls = load_tls(settings).await?;
            let host = &address.authority.host;
            let secured = stream.into_rustls(&tls, host).await;
            secured.map_err(|cause| tls_error(&cause))?
        }
    };
    // Works once: a second attempt by lapin itself finds no stream.
    let stream = Mutex::new(Some(stream));
    let connect = async move |_: AMQPUri, _: _| {
        let stream = stream.lock().take();
        stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected).into())
    };
    let properties = client_properties(settings, purpose);
    let opened = Connection::connector(address, runtime, connect, properties).await;
    Ok(BrokerConnection {
        connection: opened.map_err(|error| BrokerStep::Greet.to_error(settings, &error))?,
        _close_on_drop: close_on_drop,
    })
}

fn client_properties(settings: &VngageSettings, purpose: &str) -> ConnectionProperties {
    let name = format!("wallboard {} ({purpose})", settings.id);
    ConnectionProperties::default()
        .with_connection_name(name.into())
        .with_client_property("product".into(), "wallboard".into())
        .with_client_property("version".into(), env!("CARGO_PKG_VERSION").into())
}

fn connect_error(cause: &io::Error) -> VngageError {
    match cause.kind() {
        io::ErrorKind::ConnectionRefused => VngageError::ConnectionRefused,
        io::ErrorKind::TimedOut => VngageError::NoConnection,
        kind => VngageError::Unreachable(kind.to_string()),
    }
}

/// Loads the system's roots, those of `ca_file`, and our client certificate, if any.
async fn load_tls(settings: &VngageSettings) -> Result<RustlsConnector, VngageError> {
    let settings = settings.clone();
    spawn_blocking(move || build_tls(&settings))
        .await
        .map_err(|_| VngageError::Lost)?
}

fn build_tls(settings: &VngageSettings) -> Result<RustlsConnector, VngageError> {
    let config = RustlsConnectorConfig::new_with_native_certs();
    let config = match &settings.ca_file {
        // With `ca_file`, the machine needs no system roots.
        Some(file) => config
            .unwrap_or_default()
            .with_parsable_certificates(read_certificates("`ca_file`", file)?),
        None => config
            .map_err(|_| certificate_error("`ca_file`", "this server has no root certificates"))?,
    };
    let connector = match &settings.client {
        Some((cert, key)) => {
            let chain = read_certificates("`client_cert`", cert)?;
            let key = read_file("`client_key`", key)?;
            let key = PrivateKeyDer::from_pem_slice(&key)
                .map_err(|_| certificate_error("`client_key`", "it has no PEM private key"))?;
            config.connector_with_single_cert(chain, key)
        }
        None => config.connector_with_no_client_auth(),
    };
    connector.map_err(|cause| {
        let inner = cause.get_ref().and_then(|inner| inner.downcast_ref());
        match inner {
            Some(rustls::Error::InconsistentKeys(_)) => {
                certificate_error("`client_key`", "it isn't the key of `client_cert`")
            }
            _ => certificate_error("the certificates", cause.to_string()),
        }
    })
}

fn read_certificates(
    what: &'static str,
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, VngageError> {
    let text = read_file(what, file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| certificate_error(what, "it has no PEM certificate"))
}

fn read_file(what: &'static str, file: &Path) -> Result<Vec<u8>, VngageError> {
    fs::read(file).map_err(|cause| certificate_error(what, cause.kind().to_string()))
}

fn certificate_error(what: &'static str, why: impl Into<String>) -> VngageError {
    let why = why.into();
    VngageError::Certificate { what, why }
}

/// Explains how to fix a failed handshake.
fn tls_error(cause: &io::Error) -> VngageError {
    let error = cause.get_ref().and_then(|inner| inner.downcast_ref());
    let why = match error {
        Some(rustls::Error::InvalidCertificate(error)) => https::explain_certificate(error),
        Some(rustls::Error::InvalidMessage(_)) => {
            "it didn't respond with TLS: check that the port in `url` is the TLS port"
        }
        Some(rustls::Error::AlertReceived(_)) => {
            "it rejected the connection; it may require `client_cert` and `client_key`"
        }
        _ if cause.kind() == io::ErrorKind::UnexpectedEof => {
            "it closed the connection during the handshake"
        }
        _ => return VngageError::Tls(cause.kind().to_string()),
    };
    VngageError::Tls(why.to_owned())
}

/// Shuts down the socket under lapin. Otherwise lapin's thread would wait for a response
/// for as long as a silent broker keeps the connection open.
struct CloseOnDrop(Option<Socket>);

impl CloseOnDrop {
    fn for_socket(socket: &SockRef<'_>) -> io::Result<Self> {
        Ok(Self(Some(socket.try_clone()?)))
    }
}

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        let Some(socket) = self.0.take() else { return };
        // Without a runtime, the process is ending and closes the socket.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                sleep(CLOSE_TIMEOUT).await;
                // The broker may have closed it already.
                socket.shutdown(Shutdown::Both).ok();
            });
        }
    }
}
