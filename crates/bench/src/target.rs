//! The one server and board that all viewers watch.

use std::net::SocketAddr;

use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use url::Url;

use super::LoadError;

/// The user's choice of a target.
#[derive(Clone, Copy, Debug)]
pub struct TargetChoice<'a> {
    /// Like `http://127.0.0.1:8080`.
    pub url: &'a str,
    pub board: &'a str,
    /// The origin of its pages, if not that of `url`.
    pub origin: Option<&'a str>,
    /// Whether a host that isn't this machine is the user's.
    pub is_host_mine: bool,
}

/// A server at one address, and a board's socket there.
#[derive(Clone, Debug)]
pub struct LoadTarget {
    pub(super) address: SocketAddr,
    /// The host and port, as the user wrote them.
    pub(super) authority: String,
    pub(super) origin: String,
    /// The path of the board's socket.
    pub(super) path: String,
    /// The name in the server's certificate. `None`: plain HTTP.
    pub(super) tls_name: Option<ServerName<'static>>,
}

impl LoadTarget {
    /// Finds the server. A host with several addresses is the first of them that accepts a
    /// connection. Unless the user says that it's theirs, all of them must be on this machine.
    pub async fn find(choice: TargetChoice<'_>) -> Result<Self, LoadError> {
        let invalid = || LoadError::Address(choice.url.to_owned());
        let mut url = Url::parse(choice.url).map_err(|_| invalid())?;
        let is_plain_address = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url
            .host_str()
            .filter(|_| is_plain_address)
            .ok_or_else(invalid)?;
        let port = url.port_or_known_default().ok_or_else(invalid)?;
        let name = host.trim_matches(['[', ']']).to_owned();
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let tls_name = match url.scheme() {
            "https" => Some(ServerName::try_from(name.clone()).map_err(|_| invalid())?),
            _ => None,
        };
        let origin = read_origin(&choice, &url)?;
        let address = find_address(&name, port, choice.is_host_mine).await?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(["boards", choice.board, "live"]);
        }
        Ok(Self {
            address,
            authority,
            origin,
            path: url.path().to_owned(),
            tls_name,
        })
    }

    /// Whether the server's clock is this machine's.
    pub fn is_this_machine(&self) -> bool {
        self.address.ip().is_loopback()
    }
}

fn read_origin(choice: &TargetChoice<'_>, url: &Url) -> Result<String, LoadError> {
    let Some(text) = choice.origin else {
        return Ok(url.origin().ascii_serialization());
    };
    let origin = Url::parse(text).ok().map(|url| url.origin());
    match origin {
        Some(origin) if origin.is_tuple() => Ok(origin.ascii_serialization()),
        _ => Err(LoadError::Origin(text.to_owned())),
    }
}

async fn find_address(host: &str, port: u16, is_mine: bool) -> Result<SocketAddr, LoadError> {
    let found = lookup_host((host, port)).await;
    let found = found.map_err(|cause| LoadError::Resolve {
        host: host.to_owned(),
        cause,
    })?;
    let addresses: Vec<_> = found.collect();
    if !is_mine && !addresses.iter().all(|address| address.ip().is_loopback()) {
        return Err(LoadError::OtherHost(host.to_owned()));
    }
    let mut refused = std::io::ErrorKind::NotFound.into();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(_) => return Ok(address),
            Err(cause) => refused = cause,
        }
    }
    Err(LoadError::Connect {
        address: format!("{host}:{port}"),
        cause: refused,
    })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn find(url: &str, origin: Option<&str>) -> Result<LoadTarget, LoadError> {
        let (board, is_host_mine) = ("über/all", false);
        LoadTarget::find(TargetChoice {
            url,
            board,
            origin,
            is_host_mine,
        })
        .await
    }

    #[tokio::test]
    async fn board_has_one_address_on_this_machine() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let url = format!("http://{address}");

        let target = find(&url, None).await.unwrap();
        assert_eq!(target.path, "/boards/%C3%BCber%2Fall/live");
        assert_eq!(
            (&target.authority, target.address),
            (&address.to_string(), address)
        );
        assert_eq!(target.origin, url);
        let target = find(&url, Some("https://wall.example.com/")).await.unwrap();
        assert_eq!(target.origin, "https://wall.example.com");

        assert!(matches!(
            find(&url, Some("wall")).await,
            Err(LoadError::Origin(_))
        ));
        drop(server);
        assert!(matches!(
            find(&url, None).await,
            Err(LoadError::Connect { .. })
        ));
    }

    #[tokio::test]
    async fn other_hosts_and_other_addresses_are_refused() {
        for url in ["http://192.0.2.7:8080", "https://[2001:db8::1]"] {
            assert!(
                matches!(find(url, None).await, Err(LoadError::OtherHost(_))),
                "{url}"
            );
        }
        for url in [
            "127.0.0.1:8080",
            "ws://127.0.0.1",
            "http://127.0.0.1/boards/queues",
            "http://user@127.0.0.1",
            "http://127.0.0.1?x",
            "",
        ] {
            assert!(
                matches!(find(url, None).await, Err(LoadError::Address(_))),
                "{url}"
            );
        }
    }
}
