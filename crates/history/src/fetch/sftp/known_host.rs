//! Verifies the host's key. A host without a known key is rejected.

use std::{borrow::Cow, fs, io};

use russh::{
    Preferred,
    keys::{
        Algorithm, EcdsaCurve, HashAlg, PublicKey,
        ssh_key::known_hosts::{Entry, HostPatterns, KnownHosts, Marker},
    },
};

use super::{HostTrust, SftpError, SftpSettings, error, key};

/// The known keys of a host.
#[derive(Debug)]
pub(super) enum KnownHost {
    Fingerprint(String),
    Keys {
        file: String,
        good: Vec<PublicKey>,
        revoked: Vec<PublicKey>,
    },
}

/// The verdict on the key that a host presents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HostVerdict {
    Known,
    Unknown,
    /// Other keys are known, with these fingerprints.
    Changed(Vec<String>),
    Revoked,
}

impl KnownHost {
    pub(super) fn load(settings: &SftpSettings) -> Result<Self, SftpError> {
        let path = match &settings.trust {
            HostTrust::Fingerprint(text) => {
                return key::parse_fingerprint(text).map(Self::Fingerprint);
            }
            HostTrust::KnownHosts(path) => path,
        };
        let file = error::display_file(path);
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                let why = error.to_string();
                return Err(SftpError::KnownHosts { file, why });
            }
        };
        Ok(Self::from_known_hosts(
            &text,
            &known_hosts_name(settings),
            file,
        ))
    }

    fn from_known_hosts(text: &str, host: &str, file: String) -> Self {
        let (mut good, mut revoked) = (Vec::new(), Vec::new());
        for line in text.lines() {
            // Like OpenSSH's client, ignores lines that can't be read.
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            let Some(Ok(entry)) = KnownHosts::new(&line).next() else {
                continue;
            };
            if !matches_host(&entry, host) {
                continue;
            }
            match entry.marker() {
                None => good.push(entry.public_key().clone()),
                Some(Marker::Revoked) => revoked.push(entry.public_key().clone()),
                // An authority signs certificates, and we request none.
                Some(Marker::CertAuthority) => {}
            }
        }
        Self::Keys {
            file,
            good,
            revoked,
        }
    }

    pub(super) fn check_key(&self, shown: &PublicKey) -> HostVerdict {
        let is_shown = |key: &PublicKey| key.key_data() == shown.key_data();
        match self {
            Self::Fingerprint(known) if *known == format_fingerprint(shown) => HostVerdict::Known,
            Self::Fingerprint(known) => HostVerdict::Changed(vec![known.clone()]),
            Self::Keys { revoked, .. } if revoked.iter().any(is_shown) => HostVerdict::Revoked,
            Self::Keys { good, .. } if good.iter().any(is_shown) => HostVerdict::Known,
            Self::Keys { good, .. } if good.is_empty() => HostVerdict::Unknown,
            Self::Keys { good, .. } => {
                HostVerdict::Changed(good.iter().map(format_fingerprint).collect())
            }
        }
    }

    /// Returns the kinds of host keys to request, in turn. A host has several keys, and we may know
    /// another one than it would present first.
    pub(super) fn key_preferences(&self) -> Vec<Preferred> {
        let kinds = accepted_algorithms();
        match self {
            Self::Fingerprint(_) => kinds.iter().map(|kinds| prefer_algorithms(kinds)).collect(),
            Self::Keys { good, .. } => {
                let is_known = |kind: &Algorithm| {
                    good.iter()
                        .any(|key| matches_algorithm(&key.algorithm(), kind))
                };
                let (known, other): (Vec<_>, Vec<_>) =
                    kinds.concat().into_iter().partition(is_known);
                vec![prefer_algorithms(&[known, other].concat())]
            }
        }
    }
}

pub(super) fn format_fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// Returns the line for `known_hosts` that would accept this key.
pub(super) fn known_hosts_line(settings: &SftpSettings, key: &PublicKey) -> String {
    let mut key = key.clone();
    key.set_comment("");
    let key = key.to_openssh().unwrap_or_default();
    format!("{} {}", known_hosts_name(settings), key.trim())
}

/// Returns a host's name as in `known_hosts`.
fn known_hosts_name(settings: &SftpSettings) -> String {
    let host = settings.host.to_lowercase();
    match settings.port {
        22 => host,
        port => format!("[{host}]:{port}"),
    }
}

fn matches_host(entry: &Entry, host: &str) -> bool {
    match entry.host_patterns() {
        HostPatterns::HashedName { salt, hash } => {
            let key =
                aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, salt);
            aws_lc_rs::hmac::verify(&key, host.as_bytes(), hash).is_ok()
        }
        HostPatterns::Patterns(patterns) => {
            let matches =
                |pattern: &str| matches_pattern(pattern.to_lowercase().as_bytes(), host.as_bytes());
            let denies = |pattern: &String| pattern.strip_prefix('!').is_some_and(matches);
            !patterns.iter().any(denies) && patterns.iter().any(|pattern| matches(pattern))
        }
    }
}

/// Whether a name matches a pattern with `*` and `?`.
fn matches_pattern(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut position) = (0, 0);
    // Where to resume after the last star, if it has to match one more byte.
    let mut star: Option<(usize, usize)> = None;
    while position < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[position] => {
                at += 1;
                position += 1;
            }
            _ => match star {
                Some((before, matched)) => {
                    star = Some((before, matched + 1));
                    at = before + 1;
                    position = matched + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

/// Returns the accepted kinds of host keys, the best first; none signs with SHA-1.
fn accepted_algorithms() -> [Vec<Algorithm>; 3] {
    let ecdsa = |curve| Algorithm::Ecdsa { curve };
    let rsa = |hash| Algorithm::Rsa { hash: Some(hash) };
    [
        vec![Algorithm::Ed25519],
        vec![
            ecdsa(EcdsaCurve::NistP256),
            ecdsa(EcdsaCurve::NistP384),
            ecdsa(EcdsaCurve::NistP521),
        ],
        vec![rsa(HashAlg::Sha512), rsa(HashAlg::Sha256)],
    ]
}

fn matches_algorithm(key: &Algorithm, kind: &Algorithm) -> bool {
    match kind {
        Algorithm::Rsa { .. } => matches!(key, Algorithm::Rsa { .. }),
        kind => key == kind,
    }
}

fn prefer_algorithms(kinds: &[Algorithm]) -> Preferred {
    Preferred {
        key: Cow::Owned(kinds.to_vec()),
        ..Preferred::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILIG2T/B0l0gaqj3puu510tu9N1OkQ4znY3LYuEm5zCF";

    fn parse_public_key(line: &str) -> PublicKey {
        PublicKey::from_openssh(line).unwrap()
    }

    fn check_known_host(file: &str, host: &str) -> HostVerdict {
        KnownHost::from_known_hosts(file, host, String::new()).check_key(&parse_public_key(ONE))
    }

    #[test]
    fn recognizes_a_host_name_in_any_form_of_the_file() {
        for file in [
            format!("export.example.com {ONE}"),
            format!("# a comment\n\nother {OTHER}\nEXPORT.example.com,10.0.0.1\t{ONE} a comment"),
            format!("*.example.com {ONE}"),
            format!("expor?.example.com {ONE}"),
            format!("garbage\nexport.example.com ssh-ed25519 AAAA\nexport.example.com {ONE}"),
        ] {
            assert_eq!(
                check_known_host(&file, "export.example.com"),
                HostVerdict::Known,
                "{file}"
            );
        }
        let ported = format!("[export.example.com]:2222 {ONE}");
        assert_eq!(
            check_known_host(&ported, "[export.example.com]:2222"),
            HostVerdict::Known
        );
        assert_eq!(
            check_known_host(&ported, "export.example.com"),
            HostVerdict::Unknown
        );
    }

    #[test]
    fn recognizes_a_hashed_name() {
        let salt: Vec<u8> = (0..20).collect();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt);
        let hash = aws_lc_rs::hmac::sign(&key, b"export.example.com");
        let known = HostPatterns::HashedName {
            salt,
            hash: hash.as_ref().try_into().unwrap(),
        };
        let file = format!("{} {ONE}", known.to_string());

        assert_eq!(
            check_known_host(&file, "export.example.com"),
            HostVerdict::Known
        );
        assert_eq!(
            check_known_host(&file, "other.example.com"),
            HostVerdict::Unknown
        );
    }

    #[test]
    fn rejects_other_hosts_and_keys() {
        let changed = HostVerdict::Changed(vec![format_fingerprint(&parse_public_key(OTHER))]);

        assert_eq!(check_known_host("", "a"), HostVerdict::Unknown);
        assert_eq!(
            check_known_host(&format!("b {ONE}"), "a"),
            HostVerdict::Unknown
        );
        assert_eq!(
            check_known_host(&format!("*,!a {ONE}"), "a"),
            HostVerdict::Unknown
        );
        assert_eq!(
            check_known_host(&format!("@cert-authority a {ONE}"), "a"),
            HostVerdict::Unknown
        );
        assert_eq!(check_known_host(&format!("a {OTHER}"), "a"), changed);
        assert_eq!(
            check_known_host(&format!("a {ONE}\n@revoked a {ONE}"), "a"),
            HostVerdict::Revoked
        );
    }

    #[test]
    fn requests_the_known_kind_of_key_first() {
        let known = KnownHost::from_known_hosts(&format!("a {ONE}"), "a", String::new());
        assert_eq!(known.key_preferences()[0].key[0], Algorithm::Ed25519);

        let fingerprint = KnownHost::Fingerprint(String::new());
        assert_eq!(fingerprint.key_preferences().len(), 3);
    }

    proptest! {
        #[test]
        fn never_accepts_a_key_from_any_text(text in ".*", host in ".*") {
            let known = KnownHost::from_known_hosts(&text, &host, String::new());
            prop_assert_eq!(known.check_key(&parse_public_key(ONE)), HostVerdict::Unknown);
        }

        #[test]
        fn a_pattern_of_stars_matches_everything(name in "[a-z.]{0,12}", stars in r"\*{1,3}") {
            prop_assert!(matches_pattern(stars.as_bytes(), name.as_bytes()));
            prop_assert!(matches_pattern(name.as_bytes(), name.as_bytes()));
            prop_assert!(!matches_pattern(b"x", name.as_bytes()) || name == "x");
        }
    }
}
