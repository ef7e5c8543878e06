//! Azure's connection strings: `Name=value` parts with `;` between them.

use jiff::Timestamp;
use object_store::azure::{AzureAccessKey, AzureCredential};
use percent_encoding::percent_decode_str;

use wallboard_domain::RedactedText;

/// The account that every emulator has, and its key, which isn't a secret.
const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
const EMULATOR_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const EMULATOR_ENDPOINT: &str = "http://127.0.0.1:10000/devstoreaccount1";
const PUBLIC_CLOUD: &str = "core.windows.net";

/// A parsed connection string.
pub(super) struct AzureConnectionString {
    /// Empty if a shared access signature (SAS) says it all.
    pub(super) account: String,
    pub(super) credential: AzureCredential,
    /// Without a slash at its end.
    pub(super) endpoint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionStringError {
    #[error(
        "`connection_string` has a part without “=” (part {0}): copy the whole string from Access keys in the Azure portal"
    )]
    MalformedPart(usize),
    #[error(
        "`connection_string` lacks {0}: copy the whole string from Access keys in the Azure portal"
    )]
    MissingPart(&'static str),
    #[error(
        "AccountKey in `connection_string` isn't Base64: copy all of it, with the “=” at its end"
    )]
    MalformedKey,
    #[error(
        "BlobEndpoint in `connection_string` isn't an address that starts with https:// or http://"
    )]
    MalformedEndpoint,
    #[error("SharedAccessSignature in `connection_string` lacks its “sig”: copy all of it")]
    MissingSignature,
}

#[derive(Default)]
struct ConnectionStringParts<'a> {
    account: Option<&'a str>,
    key: Option<&'a str>,
    signature: Option<&'a str>,
    endpoint: Option<&'a str>,
    suffix: Option<&'a str>,
    protocol: Option<&'a str>,
    is_emulator: bool,
    proxy: Option<&'a str>,
}

impl AzureConnectionString {
    /// Reads a connection string for a container, which its endpoint may name already.
    pub(super) fn parse(
        text: &RedactedText,
        container: &str,
    ) -> Result<Self, ConnectionStringError> {
        let parts = ConnectionStringParts::parse(&text.0)?;
        if parts.is_emulator {
            return Self::for_emulator(&parts);
        }
        let endpoint = parts.build_endpoint()?;
        let (endpoint, query) = match endpoint.split_once('?') {
            Some((endpoint, query)) => (endpoint, Some(query)),
            None => (endpoint.as_str(), None),
        };
        let endpoint = endpoint.trim_end_matches('/');
        // Storage Explorer includes the container.
        let endpoint = match endpoint.strip_suffix(container) {
            Some(rest) if !container.is_empty() && ends_after_host(rest) => {
                rest.trim_end_matches('/')
            }
            _ => endpoint,
        };
        let account = match parts.account {
            Some(account) => account.to_owned(),
            None => account_from_endpoint(endpoint).to_owned(),
        };
        let credential = match (parts.key, parts.signature.or(query)) {
            (Some(key), _) => AzureAccessKey::try_new(key)
                .map(AzureCredential::AccessKey)
                .map_err(|_| ConnectionStringError::MalformedKey)?,
            (None, Some(signature)) => AzureCredential::SASToken(parse_signature(signature)?),
            (None, None) => {
                return Err(ConnectionStringError::MissingPart(
                    "AccountKey or SharedAccessSignature",
                ));
            }
        };
        if account.is_empty() && parts.key.is_some() {
            return Err(ConnectionStringError::MissingPart("AccountName"));
        }
        Ok(Self {
            account,
            credential,
            endpoint: endpoint.to_owned(),
        })
    }

    /// Whether we use a shared access signature instead of a key.
    pub(super) fn has_signature(&self) -> bool {
        matches!(self.credential, AzureCredential::SASToken(_))
    }

    /// Returns the secret part of a shared access signature, which is in every address.
    pub(super) fn signature(&self) -> Option<RedactedText> {
        let AzureCredential::SASToken(pairs) = &self.credential else {
            return None;
        };
        let (_, signature) = pairs.iter().find(|(name, _)| name == "sig")?;
        Some(RedactedText(signature.clone()))
    }

    /// Returns when a shared access signature expires, if known.
    pub(super) fn signature_expiry(&self) -> Option<Timestamp> {
        let AzureCredential::SASToken(pairs) = &self.credential else {
            return None;
        };
        let (_, end) = pairs.iter().find(|(name, _)| name == "se")?;
        end.parse().ok()
    }

    fn for_emulator(parts: &ConnectionStringParts<'_>) -> Result<Self, ConnectionStringError> {
        let endpoint = match parts.proxy {
            Some(proxy) => format!(
                "{}:10000/{EMULATOR_ACCOUNT}",
                check_endpoint(proxy)?.trim_end_matches('/')
            ),
            None => EMULATOR_ENDPOINT.to_owned(),
        };
        let key = AzureAccessKey::try_new(EMULATOR_KEY)
            .map_err(|_| ConnectionStringError::MalformedKey)?;
        Ok(Self {
            account: EMULATOR_ACCOUNT.to_owned(),
            credential: AzureCredential::AccessKey(key),
            endpoint,
        })
    }
}

impl<'a> ConnectionStringParts<'a> {
    fn parse(text: &'a str) -> Result<Self, ConnectionStringError> {
        let mut parts = Self::default();
        for (index, part) in text.split(';').enumerate() {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            // Only the first `=`: keys and signatures contain more.
            let (name, value) = part
                .split_once('=')
                .ok_or(ConnectionStringError::MalformedPart(index + 1))?;
            let value = value.trim();
            let field = match name.trim().to_ascii_lowercase().as_str() {
                "accountname" => &mut parts.account,
                "accountkey" => &mut parts.key,
                "sharedaccesssignature" => &mut parts.signature,
                "blobendpoint" => &mut parts.endpoint,
                "endpointsuffix" => &mut parts.suffix,
                "defaultendpointsprotocol" => &mut parts.protocol,
                "developmentstorageproxyuri" => &mut parts.proxy,
                "usedevelopmentstorage" => {
                    parts.is_emulator = value.eq_ignore_ascii_case("true");
                    continue;
                }
                // Endpoints of queues, tables and files.
                _ => continue,
            };
            *field = (!value.is_empty()).then_some(value);
        }
        Ok(parts)
    }

    fn build_endpoint(&self) -> Result<String, ConnectionStringError> {
        if let Some(endpoint) = self.endpoint {
            return check_endpoint(endpoint).map(str::to_owned);
        }
        let account = self
            .account
            .ok_or(ConnectionStringError::MissingPart("AccountName"))?;
        let protocol = self.protocol.unwrap_or("https");
        let suffix = self.suffix.unwrap_or(PUBLIC_CLOUD);
        let endpoint = format!("{protocol}://{account}.blob.{suffix}");
        check_endpoint(&endpoint).map(str::to_owned)
    }
}

fn check_endpoint(endpoint: &str) -> Result<&str, ConnectionStringError> {
    let url =
        reqwest::Url::parse(endpoint).map_err(|_| ConnectionStringError::MalformedEndpoint)?;
    let is_http = matches!(url.scheme(), "http" | "https");
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (is_http && is_plain && url.has_host())
        .then_some(endpoint)
        .ok_or(ConnectionStringError::MalformedEndpoint)
}

/// Whether the text before a container is more than the scheme of a URL.
fn ends_after_host(rest: &str) -> bool {
    rest.ends_with('/') && !rest.ends_with("//")
}

/// Returns the account in `https://account.blob.core.windows.net`.
fn account_from_endpoint(endpoint: &str) -> &str {
    let host = endpoint.split_once("://").map_or("", |(_, rest)| rest);
    match host.split_once(".blob.") {
        Some((account, _)) => account,
        // An emulator has it in the path.
        None => host.split_once('/').map_or("", |(_, path)| path),
    }
}

fn parse_signature(signature: &str) -> Result<Vec<(String, String)>, ConnectionStringError> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs: Vec<_> = signature
        .trim_start_matches('?')
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    let is_signed = pairs
        .iter()
        .any(|(name, value)| name == "sig" && !value.is_empty());
    is_signed
        .then_some(pairs)
        .ok_or(ConnectionStringError::MissingSignature)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse_string(text: &str) -> Result<AzureConnectionString, ConnectionStringError> {
        AzureConnectionString::parse(&RedactedText(text.to_owned()), "exports")
    }

    fn account_key() -> AzureCredential {
        AzureCredential::AccessKey(AzureAccessKey::try_new("c2VjcmV0Cg==").unwrap())
    }

    #[test]
    fn parses_an_account_key_from_the_portal() {
        let found = parse_string(
            "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=c2VjcmV0Cg==;EndpointSuffix=core.windows.net",
        )
        .ok()
        .unwrap();

        assert_eq!(found.account, "acme");
        assert!(found.credential == account_key());
        assert_eq!(found.endpoint, "https://acme.blob.core.windows.net");
    }

    #[test]
    fn a_custom_endpoint_may_include_the_container() {
        for endpoint in [
            "http://127.0.0.1:1/acme",
            "http://127.0.0.1:1/acme/",
            "http://127.0.0.1:1/acme/exports",
            "http://127.0.0.1:1/acme/exports/",
        ] {
            let text = format!("AccountName=acme;AccountKey=c2VjcmV0Cg==;BlobEndpoint={endpoint};");
            let found = parse_string(&text).ok().unwrap();
            assert_eq!(found.endpoint, "http://127.0.0.1:1/acme", "{endpoint}");
        }
    }

    #[test]
    fn a_host_that_ends_like_the_container_is_unchanged() {
        let found = parse_string("SharedAccessSignature=sig=a;BlobEndpoint=https://my.exports");

        assert_eq!(found.ok().unwrap().endpoint, "https://my.exports");
    }

    #[test]
    fn a_signature_is_decoded_and_needs_no_account() {
        let found = parse_string(
            "BlobEndpoint=https://acme.blob.core.windows.net/;QueueEndpoint=https://q/;SharedAccessSignature=?sv=2024-11-04&sig=a%2Bb%3D",
        )
        .ok()
        .unwrap();

        let pairs = [("sv", "2024-11-04"), ("sig", "a+b=")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert!(found.credential == AzureCredential::SASToken(pairs.to_vec()));
        assert_eq!(found.account, "acme");
    }

    #[test]
    fn an_emulator_needs_no_other_part() {
        let found = parse_string("UseDevelopmentStorage=true").ok().unwrap();

        assert_eq!(found.endpoint, EMULATOR_ENDPOINT);
        assert_eq!(found.account, EMULATOR_ACCOUNT);
    }

    #[test]
    fn errors_name_the_fault_without_the_secret() {
        let fault = |text: &str| parse_string(text).err().unwrap();

        assert_eq!(
            fault("AccountName=a;garbage"),
            ConnectionStringError::MalformedPart(2)
        );
        assert_eq!(fault(""), ConnectionStringError::MissingPart("AccountName"));
        assert_eq!(
            fault("AccountName=a"),
            ConnectionStringError::MissingPart("AccountKey or SharedAccessSignature")
        );
        assert_eq!(
            fault("AccountName=a;AccountKey=%%"),
            ConnectionStringError::MalformedKey
        );
        assert_eq!(
            fault("BlobEndpoint=ftp://a;SharedAccessSignature=sig=a"),
            ConnectionStringError::MalformedEndpoint
        );
        assert_eq!(
            fault("BlobEndpoint=https://a;SharedAccessSignature=sv=1"),
            ConnectionStringError::MissingSignature
        );
    }

    proptest! {
        #[test]
        fn parses_or_rejects_any_text(text in ".*") {
            if let Ok(found) = parse_string(&text) {
                prop_assert!(reqwest::Url::parse(&found.endpoint).is_ok());
            }
        }

        #[test]
        fn parses_or_rejects_any_parts(
            parts in proptest::collection::vec(
                ("(?i)AccountName|AccountKey|SharedAccessSignature|BlobEndpoint|EndpointSuffix|DefaultEndpointsProtocol|UseDevelopmentStorage|DevelopmentStorageProxyUri| ", "=?", "https?://[a-z./:0-9?=]{0,20}|[ -~]{0,30}|true|c2VjcmV0Cg=="),
                0..8,
            ),
        ) {
            let text: Vec<_> = parts.iter().map(|(name, is, value)| format!("{name}{is}{value}")).collect();
            if let Ok(found) = parse_string(&text.join(";")) {
                prop_assert!(found.endpoint.starts_with("http") || found.endpoint.starts_with("HTTP"));
                prop_assert!(!found.endpoint.ends_with('/'));
            }
        }
    }
}
