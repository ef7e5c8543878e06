//! Addresses of upstream systems: their validation, and whether traffic to them stays on
//! this machine.

use std::net::IpAddr;

use url::Url;

use wallboard_domain::RedactedText;

use super::entry::ConfigEntry;

/// An HTTP address, without a trailing slash.
#[derive(Debug)]
pub struct HttpAddress {
    /// Without credentials.
    pub url: String,
    /// User and password from the address.
    pub credentials: Option<(String, RedactedText)>,
    /// Whether requests are unencrypted on the network.
    pub is_unencrypted: bool,
}

/// Reads and checks the address at `entry`. Faults never repeat it, since it may contain a
/// password. `example` shows the form; the path must not end in one of the `suffixes`,
/// which we add.
pub fn read_http_address(
    entry: &ConfigEntry<'_, '_>,
    example: &str,
    suffixes: &[&str],
) -> Option<HttpAddress> {
    let url = parse_address(entry, example, |url| url.query().is_none())?;
    let path = url.path().trim_end_matches('/').to_owned();
    if let Some(suffix) = suffixes.iter().find(|suffix| path.ends_with(**suffix)) {
        let fix = format!("remove it: the address has the form {example}");
        entry.report_fault(
            &format!("ends in {suffix}, which is added automatically"),
            &fix,
        );
        return None;
    }
    let mut url = url;
    url.set_path(&path);
    let mut address = split_credentials(entry, url);
    address
        .url
        .truncate(address.url.trim_end_matches('/').len());
    Some(address)
}

/// The same of an address that may have a query, and whose path stays as it is.
pub fn read_address_with_query(entry: &ConfigEntry<'_, '_>, example: &str) -> Option<HttpAddress> {
    let url = parse_address(entry, example, |_| true)?;
    Some(split_credentials(entry, url))
}

/// Parses an HTTP address without a fragment; `is_allowed` says more.
fn parse_address(
    entry: &ConfigEntry<'_, '_>,
    example: &str,
    is_allowed: impl Fn(&Url) -> bool,
) -> Option<Url> {
    let text = entry.read_text()?;
    let url = Url::parse(text.trim()).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.fragment().is_none()
            && is_allowed(url)
    });
    if url.is_none() {
        entry.report_fault(
            "the address is invalid (not shown: it may contain a password)",
            &format!("use the form {example}"),
        );
    }
    url
}

fn split_credentials(entry: &ConfigEntry<'_, '_>, mut url: Url) -> HttpAddress {
    let credentials = take_credentials(&url);
    if credentials.is_some()
        && let Some(text) = entry.read_text()
    {
        entry.record_as_secret(&text);
    }
    let is_bare = url.set_username("").is_ok() && url.set_password(None).is_ok();
    debug_assert!(
        is_bare,
        "a URL with a host can have its credentials removed"
    );
    HttpAddress {
        is_unencrypted: url.scheme() == "http" && !is_loopback(url.as_str()),
        url: url.into(),
        credentials,
    }
}

fn take_credentials(url: &Url) -> Option<(String, RedactedText)> {
    let plain = |text: &str| {
        let bytes = percent_encoding::percent_decode_str(text);
        bytes.decode_utf8_lossy().into_owned()
    };
    let password = url.password().unwrap_or_default();
    let has_some = !url.username().is_empty() || !password.is_empty();
    has_some.then(|| (plain(url.username()), RedactedText(plain(password))))
}

/// Whether the host in `url` is this machine. Parses the text itself, because lapin's
/// parser doesn't support IPv6 literals.
pub fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = |address: IpAddr| address.is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        for local in [
            "localhost",
            "127.0.0.1:5672",
            "127.1.2.3",
            "[::1]:5672",
            "LOCALHOST:1",
        ] {
            assert!(is_loopback(&format!("amqp://u:p@{local}/v")), "{local}");
        }
        for remote in [
            "broker.example.com",
            "10.0.0.1",
            "[2001:db8::1]",
            "[::ffff:192.0.2.1]:1",
            "localhost.example.com",
        ] {
            assert!(
                !is_loopback(&format!("amqp://u:p%40localhost@{remote}/v")),
                "{remote}"
            );
        }
    }
}
