//! The certificates that NATS servers present. They tell each other, and clients, IP addresses: a
//! certificate without them is refused there.

use std::net::{IpAddr, SocketAddr};

use async_nats::{ServerAddr, ServerInfo};
use rustls::{
    client::verify_server_name,
    pki_types::{CertificateDer, ServerName},
    server::ParsedCertificate,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use wallboard_runtime::{
    https,
    nats::{NatsSettings, REQUEST_TIMEOUT},
};

/// A server's greeting is shorter.
const GREETING_BYTES_MAX: u64 = 64 << 10;

/// A server with TLS.
#[derive(Debug)]
pub(super) struct EncryptedServer {
    /// Its own name.
    name: String,
    is_clustered: bool,
    /// Where its address in `nats` leads.
    addresses: Vec<IpAddr>,
    /// The addresses that it gives clients, of all servers.
    advertised: Vec<IpAddr>,
    certificate: CertificateDer<'static>,
}

impl EncryptedServer {
    /// Asks for the certificate. `None`: it has none, or doesn't present it.
    pub(super) async fn ask(url: &str, info: &ServerInfo, settings: &NatsSettings) -> Option<Self> {
        if !info.tls_required {
            return None;
        }
        let asking = async {
            let url: ServerAddr = url.parse().ok()?;
            let addresses = lookup_host((url.host(), url.port())).await.ok()?;
            let certificate = fetch_certificate(&url, settings).await?;
            Some((addresses.map(|address| address.ip()).collect(), certificate))
        };
        let (addresses, certificate) = timeout(REQUEST_TIMEOUT, asking).await.ok()??;
        let advertised = info.connect_urls.iter();
        let advertised = advertised.filter_map(|url| url.parse::<SocketAddr>().ok());
        Some(Self {
            name: info.server_name.clone(),
            is_clustered: info.cluster.is_some(),
            addresses,
            advertised: advertised.map(|address| address.ip()).collect(),
            certificate,
        })
    }

    fn is_valid_for(&self, address: IpAddr) -> bool {
        let parsed = ParsedCertificate::try_from(&self.certificate);
        parsed.is_ok_and(|parsed| verify_server_name(&parsed, &ServerName::from(address)).is_ok())
    }
}

/// Begins a connection as a client does: the server greets, and TLS begins.
async fn fetch_certificate(
    url: &ServerAddr,
    settings: &NatsSettings,
) -> Option<CertificateDer<'static>> {
    let tls = https::tls_config_trusting(settings.ca_file.as_deref()).ok()?;
    let stream = TcpStream::connect((url.host(), url.port())).await.ok()?;
    let mut greeting = BufReader::new(stream).take(GREETING_BYTES_MAX);
    greeting.read_line(&mut String::new()).await.ok()?;
    let name = ServerName::try_from(url.host().to_owned()).ok()?;
    let stream = greeting.into_inner().into_inner();
    let stream = TlsConnector::from(std::sync::Arc::new(tls)).connect(name, stream);
    let (_, connection) = stream.await.ok()?.into_inner();
    Some(
        connection
            .peer_certificates()?
            .first()?
            .clone()
            .into_owned(),
    )
}

/// Returns a sentence for each server that others may refuse by its IP address.
pub(super) fn find_missing_addresses(servers: &[EncryptedServer]) -> Vec<String> {
    servers
        .iter()
        .flat_map(|server| find_missing(server, servers))
        .collect()
}

fn find_missing(server: &EncryptedServer, all: &[EncryptedServer]) -> Vec<String> {
    let name = &server.name;
    let mut notes = Vec::new();
    let is_known = server
        .addresses
        .iter()
        .any(|address| server.is_valid_for(*address));
    if server.is_clustered && !is_known {
        notes.push(format!(
            "nats {name}: its certificate has no IP address. If the servers also use it among themselves, they may refuse each other again and again (x509 in their logs): add {} to its subjectAltName",
            describe_names(&server.addresses)
        ));
    }
    let is_unknown = |address: &IpAddr| !all.iter().any(|server| server.is_valid_for(*address));
    let advertised = server.advertised.iter().copied();
    let unknown: Vec<_> = advertised.filter(is_unknown).collect();
    if !unknown.is_empty() {
        notes.push(format!(
            "nats {name}: it gives clients addresses that are in no server's certificate, so nodes can't connect there: set no_advertise: true in its cluster {{ }}, or add {} to the certificates",
            describe_names(&unknown)
        ));
    }
    notes
}

/// "IP:10.0.0.11 and IP:10.0.0.12"
fn describe_names(addresses: &[IpAddr]) -> String {
    let names: Vec<_> = addresses
        .iter()
        .map(|address| format!("IP:{address}"))
        .collect();
    names.join(" and ")
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    /// Server `wall1` at 10.0.0.11, whose certificate has these names.
    fn server(names: &[&str]) -> EncryptedServer {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        EncryptedServer {
            name: "wall1".to_owned(),
            is_clustered: true,
            addresses: vec!["10.0.0.11".parse().unwrap()],
            advertised: Vec::new(),
            certificate: certificate.der().clone(),
        }
    }

    #[test]
    fn certificate_of_a_clustered_server_needs_its_address() {
        let notes = find_missing_addresses(&[server(&["wall1.example.com"])]);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].starts_with("nats wall1: its certificate has no IP address."));
        assert!(
            notes[0].ends_with("add IP:10.0.0.11 to its subjectAltName"),
            "{notes:?}"
        );

        let complete = server(&["wall1.example.com", "10.0.0.11"]);
        assert_eq!(find_missing_addresses(&[complete]), [""; 0]);
        let alone = EncryptedServer {
            is_clustered: false,
            ..server(&["wall1.example.com"])
        };
        assert_eq!(find_missing_addresses(&[alone]), [""; 0]);
    }

    #[test]
    fn addresses_that_clients_are_given_are_in_a_certificate() {
        let advertising = |address: &str| EncryptedServer {
            advertised: vec![address.parse().unwrap()],
            ..server(&["wall1.example.com", "10.0.0.11"])
        };
        let other = server(&["wall2.example.com", "10.0.0.12", "10.0.0.11"]);
        let servers = [advertising("10.0.0.12"), other];
        assert_eq!(find_missing_addresses(&servers), [""; 0]);

        let notes = find_missing_addresses(&[advertising("10.0.0.13")]);
        assert_eq!(notes.len(), 1, "{notes:?}");
        let fix =
            "set no_advertise: true in its cluster { }, or add IP:10.0.0.13 to the certificates";
        assert!(notes[0].ends_with(fix), "{notes:?}");
    }
}
