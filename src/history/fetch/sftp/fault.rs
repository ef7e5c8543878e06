//! What a person must mend before files come by SFTP.

use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error(
        "{at} is an FTP server, not an SFTP one: SFTP is part of SSH and mostly on port 22 (FTPS is yet another thing); check `host` and `port`"
    )]
    Ftp { at: String },
    #[error("{at} is no SSH server (it says “{said}”): check `host` and `port`")]
    NotSsh { at: String, said: String },
    #[error("{at} and we share no {what}: it offers {theirs}")]
    NoCommon {
        at: String,
        what: String,
        theirs: String,
    },
    #[error(
        "the host key of {at} is not known, so nothing was sent: it shows {fingerprint}. Compare this with what its owner tells, then add this line to the file of `known_hosts`: {line}"
    )]
    UnknownHost {
        at: String,
        fingerprint: String,
        line: String,
    },
    #[error(
        "the host key of {at} is not the known one, so nothing was sent: it shows {shown}, known is {known}. Somebody may stand between; if its owner confirms the new key, put it into `known_hosts` or `host_key`: {line}"
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
    #[error("the file of `known_hosts`, {file}, cannot be read: {why}")]
    KnownHosts { file: String, why: String },
    #[error(
        "`host_key` is no fingerprint: it begins with “SHA256:”, then 43 letters and digits follow"
    )]
    Fingerprint,
    #[error("the file of `key_file`, {file}, cannot be read: {why}")]
    KeyFile { file: String, why: String },
    #[error("{file} holds a public key: `key_file` is the private one, mostly without “.pub”")]
    PublicKey { file: String },
    #[error("the key in {file} is locked by a passphrase: set `key_passphrase`")]
    NoPassphrase { file: String },
    #[error("the key in {file} does not open with `key_passphrase`: check the passphrase")]
    WrongPassphrase { file: String },
    #[error(
        "{file} holds no private key that can be read (ed25519, ECDSA or RSA, of OpenSSH, PEM or PuTTY): convert it with “ssh-keygen -p -f FILE”, or “puttygen FILE -O private-openssh -o NEW”"
    )]
    KeyForm { file: String },
    #[error(
        "{at} does not let “{user}” in with our key {fingerprint}: check `username` and `key_file`, and that this public key is known there: {line}"
    )]
    Refused {
        at: String,
        user: String,
        fingerprint: String,
        line: String,
    },
    #[error("{at} lets us in, but gives no SFTP: ask its owner")]
    NoSftp { at: String },
    #[error("there is no folder “{folder}” at {at}: check `root` and `username`")]
    Absent { at: String, folder: String },
    #[error("{at} does not let us read “{path}”: ask its owner for the right to read it")]
    Denied { at: String, path: String },
    #[error("{at} does not give “{path}”, it says “{said}”: ask its owner")]
    Other {
        at: String,
        path: String,
        said: String,
    },
}

impl Fault {
    pub(in super::super) fn is_of_one_file(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::Other { .. })
    }
}

/// A path for a sentence: its name alone, for pages do not tell where things are on our
/// disk.
pub(super) fn file(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
