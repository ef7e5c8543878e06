//! Reads the tables of object stores: `s3` and `azure`.

use wallboard_domain::RedactedText;
use wallboard_toml_reader::{ConfigEntry, ConfigSection, is_loopback, read_http_address};

use super::{AzureSettings, FetchTimeouts, S3Settings};

/// Reads a bucket's table.
pub(crate) fn read_s3(section: ConfigSection<'_, '_>) -> Option<S3Settings> {
    let bucket = section
        .required_entry("bucket", "bucket = \"acme-export\"")
        .and_then(|entry| read_bucket(&entry));
    let region = section.entry("region").map(|entry| {
        entry.parse_with("a region such as \"us-east-1\"", |text| {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let is_region = !text.is_empty() && text.chars().all(is_plain);
            is_region.then(|| text.to_owned())
        })
    });
    let access_key_id = section
        .required_entry("access_key_id", r#"access_key_id = { env = "S3_KEY_ID" }"#)
        .and_then(|entry| entry.read_secret());
    let secret_access_key = section
        .required_entry(
            "secret_access_key",
            r#"secret_access_key = { env = "S3_SECRET" }"#,
        )
        .and_then(|entry| entry.read_secret());
    let endpoint = section.entry("endpoint").map(|entry| read_endpoint(&entry));
    section.finish_section();
    Some(S3Settings {
        bucket: bucket?,
        region: region.unwrap_or_else(|| Some("us-east-1".to_owned()))?,
        access_key_id: access_key_id?,
        secret_access_key: secret_access_key?,
        endpoint: match endpoint {
            Some(given) => Some(given?),
            None => None,
        },
        page_size: None,
        timeouts: FetchTimeouts::default(),
    })
}

fn read_bucket(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let expected = "only the bucket's name, such as \"acme-export\" (letters, digits, `-` and `.`)";
    entry.parse_with(expected, |text| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let is_name = (3..=255).contains(&text.len()) && text.chars().all(is_plain);
        is_name.then(|| text.to_owned())
    })
}

fn read_endpoint(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let http = read_http_address(entry, "https://storage.example.com", &[])?;
    if http.credentials.is_some() {
        entry.report_fault(
            "contains a user and password (not shown)",
            "remove them from the address; set access_key_id and secret_access_key",
        );
        return None;
    }
    if http.is_unencrypted {
        entry.report_fault(
            "http:// would send the files unencrypted",
            "use https://; http:// is only for this server",
        );
        return None;
    }
    Some(http.url)
}

/// Reads a container's table.
pub(crate) fn read_azure(section: ConfigSection<'_, '_>) -> Option<AzureSettings> {
    let connection_string = section
        .required_entry(
            "connection_string",
            r#"connection_string = { env = "AZURE_CONNECTION_STRING" }"#,
        )
        .and_then(|entry| read_connection_string(&entry));
    let container = section
        .required_entry("container", "container = \"ccaas-export\"")
        .and_then(|entry| read_container(&entry));
    section.finish_section();
    Some(AzureSettings {
        connection_string: connection_string?,
        container: container?,
        page_size: None,
        timeouts: FetchTimeouts::default(),
    })
}

/// Checks only the form, and never repeats the text: it contains a key.
fn read_connection_string(entry: &ConfigEntry<'_, '_>) -> Option<RedactedText> {
    let secret = entry.read_secret()?;
    let part = |key| connection_part(&secret, key);
    let keys = ["AccountName", "BlobEndpoint", "UseDevelopmentStorage"];
    if keys.into_iter().all(|key| part(key).is_none()) {
        entry.report_fault(
            "isn't a connection string (not shown: it may contain a key)",
            "copy the whole string from Access keys in the storage account: DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net",
        );
        return None;
    }
    let is_unencrypted = |url: &str| {
        let scheme = url.get(.."http://".len());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://")) && !is_loopback(url)
    };
    let is_unencrypted = match part("BlobEndpoint").or(part("DevelopmentStorageProxyUri")) {
        Some(endpoint) => is_unencrypted(endpoint),
        None => {
            part("DefaultEndpointsProtocol").is_some_and(|word| word.eq_ignore_ascii_case("http"))
        }
    };
    if is_unencrypted {
        entry.report_fault(
            "http:// would send the files unencrypted",
            "write https:// in its BlobEndpoint, or DefaultEndpointsProtocol=https; http:// is only for this server",
        );
        return None;
    }
    Some(secret)
}

/// The value of a key in a connection string.
fn connection_part<'s>(secret: &'s RedactedText, key: &str) -> Option<&'s str> {
    let mut parts = secret.0.split(';');
    parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_wanted = name.trim().eq_ignore_ascii_case(key);
        is_wanted.then(|| value.trim())
    })
}

fn read_container(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let expected = "the container's name: 3 to 63 lowercase letters, digits and `-`";
    entry.parse_with(expected, |text| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = (3..=63).contains(&text.len()) && text.chars().all(is_plain);
        (is_name || text == "$root").then(|| text.to_owned())
    })
}
