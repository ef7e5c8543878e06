//! Addresses of upstream systems: what they must be like, and whether what is said
//! to them stays on this machine.

use std::net::IpAddr;

use reqwest::Url;

use crate::domain::RedactedText;

use super::entry::ConfigEntry;

/// An address over HTTP, without a slash at its end.
#[derive(Debug)]
pub struct HttpAddress {
    /// Without credentials.
    pub url: String,
    /// What stood before the host.
    pub credentials: Option<(String, RedactedText)>,
    /// Everybody on the way can read along.
    pub is_open: bool,
}

/// The address at `entry`. It is checked and never repeated: it may hold a password.
/// `example` shows how to write it; of the `ends` it must have none, since we add them.
pub fn read_http_address(
    entry: &ConfigEntry<'_, '_>,
    example: &str,
    ends: &[&str],
) -> Option<HttpAddress> {
    let text = entry.read_text()?;
    let url = Url::parse(text.trim()).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    let Some(mut url) = url else {
        entry.report_fault(
            "the address is invalid (not shown: it may contain a password)",
            &format!("use the form {example}"),
        );
        return None;
    };
    let path = url.path().trim_end_matches('/').to_owned();
    if let Some(end) = ends.iter().find(|end| path.ends_with(**end)) {
        let mend = format!("remove it: the address has the form {example}");
        entry.report_fault(
            &format!("ends in {end}, which is added automatically"),
            &mend,
        );
        return None;
    }
    let credentials = take_credentials(&url);
    let is_bare = url.set_username("").is_ok() && url.set_password(None).is_ok();
    debug_assert!(is_bare, "what has a host can do without credentials");
    url.set_path(&path);
    Some(HttpAddress {
        is_open: url.scheme() == "http" && !is_loopback(url.as_str()),
        url: url.as_str().trim_end_matches('/').to_owned(),
        credentials,
    })
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

/// Whether the host in `url` is this machine. Taken from the text itself: lapin's
/// parser knows no IPv6 literals.
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
    fn only_this_machine_is_loopback() {
        for own in ["localhost", "127.0.0.1:5672", "[::1]:5672", "LOCALHOST:1"] {
            assert!(is_loopback(&format!("amqp://u:p@{own}/v")), "{own}");
        }
        for other in [
            "broker.example.com",
            "10.0.0.1",
            "[2001:db8::1]",
            "localhost.example.com",
        ] {
            assert!(
                !is_loopback(&format!("amqp://u:p%40localhost@{other}/v")),
                "{other}"
            );
        }
    }
}
