//! Errors that a person must fix before files arrive by SFTP.

use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SftpError {
    #[error(
        "{at} is an FTP server, not an SFTP server: SFTP is part of SSH, usually on port 22 (FTPS is different too); check `host` and `port`"
    )]
    Ftp { at: String },
    #[error("{at} isn't an SSH server (it sent “{said}”): check `host` and `port`")]
    NotSsh { at: String, said: String },
    #[error("{at} and Wallboard have no {what} in common: it offers {theirs}")]
    NoCommonAlgorithm {
        at: String,
        what: String,
        theirs: String,
    },
    #[error(
        "the host key of {at} is unknown, so nothing was sent. Its fingerprint is {fingerprint}. Verify it with the server's owner, then add this line to the file in `known_hosts`: {line}"
    )]
    UnknownHost {
        at: String,
        fingerprint: String,
        line: String,
    },
    #[error(
        "the host key of {at} changed, so nothing was sent: it is {shown}, expected {known}. Someone may be intercepting the connection; if the server's owner confirms the new key, put it in `known_hosts` or `host_key`: {line}"
    )]
    ChangedHost {
        at: String,
        shown: String,
        known: String,
        line: String,
    },
    #[error("the host key of {at} ({shown}) is marked as revoked in {file}: ask its owner")]
    RevokedHost {
        at: String,
        shown: String,
        file: String,
    },
    #[error("can't read the `known_hosts` file {file}: {why}")]
    KnownHosts { file: String, why: String },
    #[error("`host_key` isn't a fingerprint: use “SHA256:” and 43 characters")]
    MalformedFingerprint,
    #[error("can't read the `key_file` {file}: {why}")]
    KeyFile { file: String, why: String },
    #[error("{file} is a public key: set `key_file` to the private one, usually without “.pub”")]
    PublicKey { file: String },
    #[error("the key in {file} has a passphrase: set `key_passphrase`")]
    NoPassphrase { file: String },
    #[error("`key_passphrase` doesn't open the key in {file}: check the passphrase")]
    WrongPassphrase { file: String },
    #[error(
        "{file} has no readable private key (ed25519, ECDSA or RSA in OpenSSH, PEM or PuTTY format): convert it with “ssh-keygen -p -f FILE”, or “puttygen FILE -O private-openssh -o NEW”"
    )]
    UnknownKeyFormat { file: String },
    #[error(
        "{at} denied access to “{user}” with key {fingerprint}: check `username` and `key_file`, and that the server has this public key: {line}"
    )]
    Refused {
        at: String,
        user: String,
        fingerprint: String,
        line: String,
    },
    #[error("{at} accepted the sign-in but doesn't offer SFTP: ask its owner")]
    NoSftp { at: String },
    #[error("folder “{folder}” not found at {at}: check `root` and `username`")]
    MissingFolder { at: String, folder: String },
    #[error("{at} denied access to “{path}”: ask its owner for read permission")]
    Denied { at: String, path: String },
    #[error("{at} can't provide “{path}” (“{said}”): ask its owner")]
    Other {
        at: String,
        path: String,
        said: String,
    },
}

impl SftpError {
    pub(in super::super) fn affects_one_file(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::Other { .. })
    }
}

/// Returns a path's name for a sentence, because pages don't show paths on our disk.
pub(super) fn display_file(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
