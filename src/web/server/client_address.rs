//! The client's address of a request, also behind proxies that the configuration trusts.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

/// Each proxy appends the address that it was connected from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address of a request.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct ClientAddress(pub(in crate::web) IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get().copied();
        Ok(known.unwrap_or(Self(Ipv4Addr::UNSPECIFIED.into())))
    }
}

/// The networks of proxies that say the truth about their clients. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    pub(in crate::web) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the client's address: `peer`, or where it comes from through trusted proxies. What
    /// an untrusted one wrote further left may be forged.
    pub(super) fn find_client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut client = peer;
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let mut hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        while self.contains(client)
            && let Some(hop) = hops.next().and_then(parse_hop)
        {
            client = hop;
        }
        ClientAddress(client)
    }
}

/// Reads an address, which some proxies write with a port or in brackets.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let socket = || hop.parse().map(|socket: SocketAddr| socket.ip());
    let bracketed = || hop.trim_matches(['[', ']']).parse();
    hop.parse()
        .or_else(|_| socket())
        .or_else(|_| bracketed())
        .ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn find_client(peer: &str, lines: &[&'static str]) -> String {
        let networks = ["10.0.0.0/8", "fd00::/8", "127.0.0.1/32"];
        let proxies = TrustedProxies::new(&networks.map(|network| network.parse().unwrap()));
        let lines = lines.iter().map(|line| HeaderValue::from_static(line));
        let headers = lines.map(|line| (FORWARDED_FOR.parse().unwrap(), line));
        let found = proxies.find_client(peer.parse().unwrap(), &headers.collect());
        found.0.to_string()
    }

    #[test]
    fn trusted_proxies_tell_the_client_and_nobody_else_does() {
        for (peer, lines, client) in [
            ("10.0.0.1", &["192.0.2.7"][..], "192.0.2.7"),
            ("::ffff:10.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            (
                "10.0.0.1",
                &["192.0.2.7, 10.0.0.2", "10.0.0.3"],
                "192.0.2.7",
            ),
            ("10.0.0.1", &["192.0.2.7:4711"], "192.0.2.7"),
            ("fd00::1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("fd00::1", &["[2001:db8::7]"], "2001:db8::7"),
            // The client's own words, left of what the proxy appended.
            ("10.0.0.1", &["127.0.0.1, 192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["127.0.0.1", "192.0.2.7"], "192.0.2.7"),
            ("192.0.2.9", &["127.0.0.1"], "192.0.2.9"),
            ("192.0.2.9", &["10.0.0.1"], "192.0.2.9"),
            // Within the trusted network itself.
            ("10.0.0.1", &["10.0.0.9"], "10.0.0.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["unknown"], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.7, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &[""], "10.0.0.1"),
        ] {
            assert_eq!(find_client(peer, lines), client, "{peer} {lines:?}");
        }
    }

    #[test]
    fn without_trusted_proxies_the_header_means_nothing() {
        let headers = HeaderMap::from_iter([(
            FORWARDED_FOR.parse().unwrap(),
            HeaderValue::from_static("192.0.2.7"),
        )]);
        let peer = IpAddr::from([127, 0, 0, 1]);
        let found = TrustedProxies::default().find_client(peer, &headers);
        assert_eq!(found.0, peer);
    }
}
