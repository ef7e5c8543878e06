//! Our private key: read from any common file format, and shown by its public half.

use std::{fs, path::Path};

use russh::keys::{HashAlg, PrivateKey, decode_secret_key, ssh_key};

use super::{PrivateKeySource, SftpError, SftpSettings, error};
use crate::fetch::FetchError;

/// A private key is a few kilobytes.
const KEY_FILE_BYTES_MAX: u64 = 64 << 10;

/// The public half of our key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshPublicKey {
    /// `SHA256:…`
    pub fingerprint: String,
    /// The public half as one line for `authorized_keys`.
    pub line: String,
}

/// Loads the public half of the configured key. Blocks while its passphrase is processed.
pub fn load_public_key(settings: &SftpSettings) -> Result<SshPublicKey, FetchError> {
    Ok(public_half(&load_private_key(settings)?))
}

pub(super) fn public_half(key: &PrivateKey) -> SshPublicKey {
    let mut public = key.public_key().clone();
    // The comment may name the machine that made the key.
    public.set_comment("");
    SshPublicKey {
        fingerprint: public.fingerprint(HashAlg::Sha256).to_string(),
        line: public.to_openssh().unwrap_or_default().trim().to_owned(),
    }
}

pub(super) fn load_private_key(settings: &SftpSettings) -> Result<PrivateKey, SftpError> {
    let passphrase = settings.key_passphrase.as_ref();
    let (file, read) = match &settings.key {
        PrivateKeySource::File(path) => (error::display_file(path), read_key_file(path)),
        PrivateKeySource::Text(text) => ("`key`".to_owned(), Ok(text.0.clone())),
    };
    match read {
        Ok(text) => decode_key(&text, passphrase.map(|hidden| hidden.0.as_str()), &file),
        Err(why) => Err(SftpError::KeyFile { file, why }),
    }
}

fn read_key_file(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if KEY_FILE_BYTES_MAX < size {
        return Err("it is too long for a key".to_owned());
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn decode_key(text: &str, passphrase: Option<&str>, file: &str) -> Result<PrivateKey, SftpError> {
    let file = || file.to_owned();
    if is_public_key(text) {
        return Err(SftpError::PublicKey { file: file() });
    }
    let is_encrypted = has_passphrase(text);
    let passphrase = passphrase.filter(|passphrase| is_encrypted && !passphrase.is_empty());
    if is_encrypted && passphrase.is_none() {
        return Err(SftpError::NoPassphrase { file: file() });
    }
    decode_secret_key(text, passphrase).map_err(|_| {
        let file = file();
        if is_encrypted && is_supported(text) {
            SftpError::WrongPassphrase { file }
        } else {
            SftpError::UnknownKeyFormat { file }
        }
    })
}

fn is_public_key(text: &str) -> bool {
    let text = text.trim_start();
    [
        "ssh-",
        "ecdsa-",
        "---- BEGIN SSH2 PUBLIC KEY",
        "-----BEGIN PUBLIC KEY",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

/// Whether a key needs a passphrase, by each format's own marker.
fn has_passphrase(text: &str) -> bool {
    if text.contains("BEGIN OPENSSH PRIVATE KEY") {
        return PrivateKey::from_openssh(text.trim()).is_ok_and(|key| key.is_encrypted());
    }
    if text.trim_start().starts_with("PuTTY-User-Key-File-") {
        let cipher = text
            .lines()
            .find_map(|line| line.strip_prefix("Encryption:"));
        return cipher.is_some_and(|cipher| cipher.trim() != "none");
    }
    text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
}

/// Whether it's encrypted in a way that we support.
fn is_supported(text: &str) -> bool {
    let is_of_openssl = text.contains("DEK-Info:");
    !is_of_openssl || (text.contains("AES-128-CBC") && text.contains("BEGIN RSA PRIVATE KEY"))
}

/// Parses a SHA-256 fingerprint, the form that we use.
pub(super) fn parse_fingerprint(text: &str) -> Result<String, SftpError> {
    let text = text.trim().trim_end_matches('=');
    let found: ssh_key::Fingerprint = text.parse().map_err(|_| SftpError::MalformedFingerprint)?;
    match found {
        ssh_key::Fingerprint::Sha256(_) => Ok(found.to_string()),
        _ => Err(SftpError::MalformedFingerprint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBSBjp4Xg0iYp7dGdoxTWvCiaNgBwDWK2oGh4fIJZVJXwAAAJDVvGfm1bxn
5gAAAAtzc2gtZWQyNTUxOQAAACBSBjp4Xg0iYp7dGdoxTWvCiaNgBwDWK2oGh4fIJZVJXw
-----END OPENSSH PRIVATE KEY-----
";

    fn decode_error(text: &str, passphrase: Option<&str>) -> SftpError {
        decode_key(text, passphrase, "id").unwrap_err()
    }

    #[test]
    fn a_file_without_a_private_key_is_identified() {
        let file = || "id".to_owned();

        assert_eq!(
            decode_error("ssh-ed25519 AAAA me", None),
            SftpError::PublicKey { file: file() }
        );
        assert_eq!(
            decode_error("", None),
            SftpError::UnknownKeyFormat { file: file() }
        );
        assert_eq!(
            decode_error(KEY, None),
            SftpError::UnknownKeyFormat { file: file() }
        );
        assert_eq!(
            decode_error(
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END",
                None
            ),
            SftpError::NoPassphrase { file: file() }
        );
        assert_eq!(
            decode_error(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END",
                Some("x")
            ),
            SftpError::UnknownKeyFormat { file: file() }
        );
    }

    #[test]
    fn accepts_a_fingerprint_with_or_without_padding() {
        let text = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

        assert_eq!(parse_fingerprint(text).as_deref(), Ok(text));
        assert_eq!(parse_fingerprint(&format!(" {text}=")).as_deref(), Ok(text));
        for wrong in ["", "SHA256:", "SHA256:abc", "MD5:00", "47DEQpj8HBSa"] {
            assert_eq!(
                parse_fingerprint(wrong),
                Err(SftpError::MalformedFingerprint),
                "{wrong}"
            );
        }
    }
}
