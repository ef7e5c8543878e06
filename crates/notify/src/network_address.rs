//! Addresses of hosts that people enter. Nobody can make us call the company's own network, unless it is allowed:
//! a name is resolved once, and exactly the addresses that were checked are called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net;

use crate::SendError;

/// Why a host can't be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostFault {
    NotFound,
    /// It has this address in the company's own network.
    Private(IpAddr),
}

impl HostFault {
    /// The fault of a channel's host.
    pub(crate) fn of_channel(self, host: &str) -> SendError {
        match self {
            Self::NotFound => SendError::temporary(format!(
                "Can't find {host}. Check the name in the channel, and this server's DNS."
            )),
            Self::Private(address) => SendError::permanent(format!(
                "{host} is in your own network ({address}), which channels can't reach. If that's meant, set allow_private = true in the channel, or add the host to private_receivers in [server]."
            )),
        }
    }
}

/// Resolves a host, which may be an address itself, so that exactly the addresses that were checked are called. Returns
/// at least one address.
///
/// # Errors
///
/// Says why it can't be called.
pub async fn resolve_host(
    host: &str,
    port: u16,
    allow_private: bool,
) -> Result<Vec<SocketAddr>, HostFault> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => match net::lookup_host((bare, port)).await {
            Ok(found) => found.collect(),
            Err(_) => Vec::new(),
        },
    };
    if found.is_empty() {
        return Err(HostFault::NotFound);
    }
    let private = found.iter().find(|address| !is_public(address.ip()));
    match private.filter(|_| !allow_private) {
        Some(address) => Err(HostFault::Private(address.ip())),
        None => Ok(found),
    }
}

/// Whether an address is one of the internet. All others are a company's own, or nobody's.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_benchmark = a == 198 && (18..20).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || 224 <= a
        || is_shared
        || is_benchmark
        || is_protocol)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [a, b, ..] = segments;
    // Addresses of version 4 in those of version 6: mapped, translated (NAT64) and 6to4.
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        (0x64, 0xff9b) => segments[2..6] == [0; 4] && inner(segments[6], segments[7]),
        (0x2002, high) => inner(high, segments[2]),
        // Documentation, and Teredo, which hides another address.
        (0x2001, 0x0db8 | 0) => false,
        // Only these are given to anybody.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for public in [
            "8.8.8.8",
            "52.112.0.1",
            "100.63.0.1",
            "172.32.0.1",
            "2603:1000::1",
            "2a00:1450::1",
            "64:ff9b::808:808",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.8.9.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::808:808",
            "2002:a00:1::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[tokio::test]
    async fn name_of_this_machine_is_refused_unless_allowed() {
        let refused = resolve_host("localhost", 80, false).await;
        let refused = refused.unwrap_err().of_channel("localhost");
        assert!(refused.reason.contains("allow_private"), "{refused}");
        assert_eq!(refused.retry, crate::Retry::Never);
        let allowed = resolve_host("localhost", 80, true).await.unwrap();
        assert!(allowed.iter().all(|address| address.ip().is_loopback()));
        assert!(resolve_host("[::1]", 80, false).await.is_err());
    }
}
