//! The key that seals secrets which people gave in the browser. It has a file of its own, so that neither the
//! database nor its backup has such a secret in clear.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process,
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest::{SHA256, digest},
    rand,
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};

/// In bytes.
const KEY_LENGTH: usize = 32;
/// Bytes of a key's hash that tell keys apart.
const ID_LENGTH: usize = 4;
const ONLY_OWNER: u32 = 0o600;

/// A key and its file.
pub struct SecretKey {
    file: PathBuf,
    bytes: [u8; KEY_LENGTH],
}

/// Why a secret can't be sealed or opened. Names the file of the key, and never the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    #[error("there is no key {}", file.display())]
    Missing { file: PathBuf },
    #[error("the key {} can't be read ({cause})", file.display())]
    Read { file: PathBuf, cause: io::Error },
    #[error("the key {} can't be made ({cause})", file.display())]
    Create { file: PathBuf, cause: io::Error },
    #[error("{} isn't a key: it must have 64 hexadecimal digits", file.display())]
    Malformed { file: PathBuf },
    #[error("it was sealed with the key {sealed_with}, and {} is the key {id}", file.display())]
    OtherKey {
        file: PathBuf,
        id: String,
        sealed_with: String,
    },
    #[error("it wasn't sealed for this place, or was changed")]
    OtherPlace,
}

impl SecretKeyError {
    /// How to fix it.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Missing { .. } | Self::OtherKey { .. } => {
                "copy the key that sealed it from the other node or the backup, or give the secret again"
            }
            Self::Read { .. } => "give the service user read permission",
            Self::Create { .. } => {
                "set secret_key = { file = \"…\" } to a new file in an existing folder that the service user can write to"
            }
            Self::Malformed { .. } => {
                "restore it from a backup, or delete it and give the secrets again"
            }
            Self::OtherPlace => "give the secret again",
        }
    }
}

impl SecretKey {
    pub fn load(file: &Path) -> Result<Self, SecretKeyError> {
        let text = fs::read_to_string(file).map_err(|cause| {
            let file = file.to_owned();
            match cause.kind() {
                ErrorKind::NotFound => SecretKeyError::Missing { file },
                _ => SecretKeyError::Read { file, cause },
            }
        })?;
        let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        Ok(Self {
            file: file.to_owned(),
            bytes: bytes.ok_or_else(|| SecretKeyError::Malformed {
                file: file.to_owned(),
            })?,
        })
    }

    /// Loads the key. Makes it first if there is none, so that only its owner can read it.
    pub fn load_or_create(file: &Path) -> Result<Self, SecretKeyError> {
        match Self::load(file) {
            Err(SecretKeyError::Missing { .. }) => {}
            loaded => return loaded,
        }
        match create_key(file) {
            Err(cause) if cause.kind() != ErrorKind::AlreadyExists => Err(SecretKeyError::Create {
                file: file.to_owned(),
                cause,
            }),
            // Another process may have been faster.
            Ok(()) | Err(_) => Self::load(file),
        }
    }

    /// Seals a secret for a place of the configuration, such as `sources.chat.url`.
    #[expect(clippy::missing_panics_doc, reason = "no secret is too long")]
    pub fn seal(&self, place: &str, secret: &str) -> String {
        let mut text = secret.as_bytes().to_vec();
        let nonce = self
            .cipher()
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut text)
            .expect("a configuration is small");
        let sealed = [nonce.as_ref().as_slice(), &text].concat();
        format!("{}.{}", self.id(), BASE64URL_NOPAD.encode(&sealed))
    }

    /// Opens a secret that was sealed for that place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String, SecretKeyError> {
        let (sealed_with, sealed) = sealed.split_once('.').ok_or(SecretKeyError::OtherPlace)?;
        let id = self.id();
        if sealed_with != id {
            return Err(SecretKeyError::OtherKey {
                file: self.file.clone(),
                id,
                sealed_with: sealed_with.chars().take(2 * ID_LENGTH).collect(),
            });
        }
        self.decrypt(place, sealed)
            .ok_or(SecretKeyError::OtherPlace)
    }

    fn decrypt(&self, place: &str, sealed: &str) -> Option<String> {
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let cipher = self.cipher();
        let opened = cipher.open_in_place(nonce, Aad::from(place.as_bytes()), &mut text);
        String::from_utf8(opened.ok()?.to_vec()).ok()
    }

    fn cipher(&self) -> RandomizedNonceKey {
        RandomizedNonceKey::new(&AES_256_GCM, &self.bytes).expect("the key has the cipher's length")
    }

    /// Tells keys apart, and says nothing about them.
    fn id(&self) -> String {
        let hash = digest(&SHA256, &self.bytes);
        HEXLOWER.encode(&hash.as_ref()[..ID_LENGTH])
    }
}

/// The key appears under its name once it is whole.
fn create_key(file: &Path) -> io::Result<()> {
    let mut bytes = [0; KEY_LENGTH];
    rand::fill(&mut bytes).map_err(|_| io::Error::other("no random numbers"))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = file.with_file_name(format!(".{name}.{}", process::id()));
    let written = write_new(&unfinished, &format!("{}\n", HEXLOWER.encode(&bytes)));
    let named = written.and_then(|()| fs::hard_link(&unfinished, file));
    fs::remove_file(&unfinished).ok();
    named
}

fn write_new(file: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut opened = options
        .write(true)
        .create_new(true)
        .mode(ONLY_OWNER)
        .open(file)?;
    opened.write_all(text.as_bytes())?;
    opened.sync_all()
}

/// Shows only the file.
impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const PLACE: &str = "sources.chat.url";

    #[test]
    fn only_the_same_key_opens_a_secret_and_only_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("a.key"), folder.path().join("b.key"));
        let key = SecretKey::load_or_create(&file).unwrap();
        let sealed = key.seal(PLACE, "hunter2");
        assert!(!sealed.contains("hunter2"));
        assert_ne!(sealed, key.seal(PLACE, "hunter2"));

        let again = SecretKey::load_or_create(&file).unwrap();
        assert_eq!(again.open(PLACE, &sealed).unwrap(), "hunter2");
        let moved = again.open("sources.mine.url", &sealed);
        assert!(matches!(moved, Err(SecretKeyError::OtherPlace)));
        let foreign = SecretKey::load_or_create(&other).unwrap();
        let error = foreign.open(PLACE, &sealed).unwrap_err().to_string();
        assert!(error.contains("b.key"), "{error}");
        for broken in ["", "x", &sealed[..sealed.len() - 2]] {
            assert!(again.open(PLACE, broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_new_key_is_for_its_owner_alone_and_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        let missing = SecretKey::load(&file).unwrap_err().to_string();
        assert!(missing.contains("secret.key"), "{missing}");
        SecretKey::load_or_create(&file).unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, ONLY_OWNER);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        fs::write(&file, "not a key").unwrap();
        let malformed = SecretKey::load_or_create(&file);
        assert!(matches!(malformed, Err(SecretKeyError::Malformed { .. })));
        let nowhere = SecretKey::load_or_create(&folder.path().join("none/k"));
        assert!(matches!(nowhere, Err(SecretKeyError::Create { .. })));
    }
}
