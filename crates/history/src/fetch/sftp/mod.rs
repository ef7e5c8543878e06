//! Files by SFTP. A connection is opened on demand and reused. When it's lost, the call that loses
//! it fails transiently, and the next one opens another.

mod configuration;
mod connection;
mod error;
mod key;
mod known_host;
mod reader;

use std::{fmt, future::Future, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use russh_sftp::{
    client::{error::Error, rawsession::SftpResult},
    protocol::{FileAttributes, FileType, OpenFlags, StatusCode},
};
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

pub(crate) use configuration::{SFTP_KEYS, SftpOwner, read_sftp};
pub(super) use error::SftpError;
pub use key::{SshPublicKey, load_public_key};

use super::{FetchError, FetchTimeouts, FileChunks, RemoteFile, RemoteListing, remote_name};
use connection::SftpConnection;
use reader::SftpReader;
use wallboard_domain::RedactedText;

/// Listings in flight at once.
const CONCURRENT_LISTINGS_MAX: usize = 4;
/// Files read at once.
const CONCURRENT_READS_MAX: usize = 2;

/// The way to verify the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostTrust {
    /// A file in the format of OpenSSH's `known_hosts`.
    KnownHosts(PathBuf),
    /// `SHA256:…`, as `ssh-keygen -l` prints it.
    Fingerprint(String),
}

/// Our private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateKeySource {
    File(PathBuf),
    /// Its text.
    Text(RedactedText),
}

/// Where the server is, and our credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct SftpSettings {
    pub host: String,
    pub port: u16,
    pub username: String,
    pub key: PrivateKeySource,
    pub key_passphrase: Option<RedactedText>,
    pub trust: HostTrust,
    /// The outermost folder; links are not followed out of it.
    pub root: String,
    pub timeouts: FetchTimeouts,
}

impl SftpSettings {
    /// Returns host and port, for sentences.
    fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

#[derive(Clone)]
pub struct SftpStore {
    settings: Arc<SftpSettings>,
    connection: Arc<Mutex<Option<Arc<SftpConnection>>>>,
    listing_permits: Arc<Semaphore>,
    read_permits: Arc<Semaphore>,
}

impl SftpStore {
    pub fn new(settings: SftpSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            connection: Arc::default(),
            listing_permits: Arc::new(Semaphore::new(CONCURRENT_LISTINGS_MAX)),
            read_permits: Arc::new(Semaphore::new(CONCURRENT_READS_MAX)),
        }
    }

    pub(super) async fn list_folder(&self, folder: &str) -> Result<RemoteListing, FetchError> {
        let _permit = acquire_permit(&self.listing_permits).await?;
        let connection = self.connection().await?;
        let path = path_or_start(folder);
        let handle = self
            .call_remote(&connection, path, connection.session.opendir(path))
            .await?
            .handle;
        let listing = self.read_entries(&connection, folder, &handle).await;
        // The entries are complete; an unclosed handle is the server's concern.
        self.call_remote(&connection, folder, connection.session.close(handle))
            .await
            .ok();
        listing.map(RemoteListing::into_sorted)
    }

    pub(super) async fn stat_file(&self, key: &str) -> Result<Option<RemoteFile>, FetchError> {
        let connection = self.connection().await?;
        let Some(found) = self
            .call_optional(&connection, key, connection.session.lstat(key))
            .await?
        else {
            return Ok(None);
        };
        match found.attrs.file_type() {
            FileType::File => Ok(Some(to_remote_file(key, &found.attrs))),
            FileType::Symlink => self.follow_link(&connection, key).await,
            FileType::Dir | FileType::Other => Ok(None),
        }
    }

    pub(super) async fn open_file(&self, remote: &RemoteFile) -> Result<FileChunks, FetchError> {
        let permit = acquire_permit(&self.read_permits).await?;
        let connection = self.connection().await?;
        let key = remote.key.as_str();
        let gone = || FetchError::Gone {
            key: remote_name::display_name(key),
        };
        // A link may have changed since it was listed.
        let real = self.resolve_key(&connection, key).await?.ok_or_else(gone)?;
        let opening = connection
            .session
            .open(real, OpenFlags::READ, FileAttributes::empty());
        let opened = self
            .call_optional(&connection, key, opening)
            .await?
            .ok_or_else(gone)?;
        let reader = SftpReader {
            store: self.clone(),
            connection,
            handle: opened.handle,
            key: key.to_owned(),
            permit,
        };
        Ok(reader.into_chunks(remote.size))
    }

    async fn read_entries(
        &self,
        connection: &SftpConnection,
        folder: &str,
        handle: &str,
    ) -> Result<RemoteListing, FetchError> {
        let mut listing = RemoteListing::default();
        loop {
            let entries = match self
                .call_with_status(connection, connection.session.readdir(handle))
                .await?
            {
                Err(status) if status.0 == StatusCode::Eof => return Ok(listing),
                Err(status) => return Err(self.to_error(folder, status).into()),
                Ok(entries) => entries.files,
            };
            for entry in entries {
                if entry.filename != "." && entry.filename != ".." {
                    self.add_entry(
                        connection,
                        folder,
                        &entry.filename,
                        &entry.attrs,
                        &mut listing,
                    )
                    .await?;
                }
            }
            listing.check_size(folder)?;
        }
    }

    /// Adds one entry of a folder to the listing.
    async fn add_entry(
        &self,
        connection: &SftpConnection,
        folder: &str,
        name: &str,
        attributes: &FileAttributes,
        listing: &mut RemoteListing,
    ) -> Result<(), FetchError> {
        let key = match folder {
            "" => name.to_owned(),
            folder => format!("{}/{name}", folder.trim_end_matches('/')),
        };
        if name.contains('/') {
            listing.skip_file(&key, "its name has a “/”");
        } else if attributes.permissions.is_none() {
            // Some servers report the kind only on request.
            match self.stat_file(&key).await {
                Err(error) if error.affects_one_file() => {
                    listing.skip_file(&key, "its kind can't be read");
                }
                Err(error) => return Err(error),
                Ok(Some(file)) => listing.add_file(file),
                Ok(None) if remote_name::find_name_error(&key).is_none() => {
                    listing.folders.push(key);
                }
                Ok(None) => listing.skip_file(&key, "its name can't be used"),
            }
        } else {
            match attributes.file_type() {
                FileType::File => listing.add_file(to_remote_file(&key, attributes)),
                FileType::Dir => match remote_name::find_name_error(&key) {
                    None => listing.folders.push(key),
                    Some(why) => listing.skip_file(&key, why),
                },
                FileType::Symlink => match self.follow_link(connection, &key).await {
                    Ok(Some(file)) => listing.add_file(file),
                    Ok(None) => listing.skip_file(
                        &key,
                        "it's a link that doesn't point to a file inside the folder",
                    ),
                    Err(error) if error.affects_one_file() => {
                        listing.skip_file(&key, "it's a link whose target can't be read");
                    }
                    Err(error) => return Err(error),
                },
                FileType::Other => listing.skip_file(&key, "it's neither a file nor a folder"),
            }
        }
        Ok(())
    }

    /// Returns the file that a link leads to, if it's inside the root.
    async fn follow_link(
        &self,
        connection: &SftpConnection,
        key: &str,
    ) -> Result<Option<RemoteFile>, FetchError> {
        let Some(real) = self.resolve_key(connection, key).await? else {
            return Ok(None);
        };
        let found = self
            .call_optional(connection, key, connection.session.lstat(real))
            .await?;
        let file = found.filter(|found| found.attrs.file_type() == FileType::File);
        Ok(file.map(|found| to_remote_file(key, &found.attrs)))
    }

    /// Resolves a key to its path, following every link; `None` if it isn't inside the root.
    async fn resolve_key(
        &self,
        connection: &SftpConnection,
        key: &str,
    ) -> Result<Option<String>, FetchError> {
        let root = connection.root.get_or_try_init(|| async {
            let root = self.resolve_path(connection, &self.settings.root).await?;
            let missing = || SftpError::MissingFolder {
                at: self.settings.host_and_port(),
                folder: remote_name::display_name(path_or_start(&self.settings.root)),
            };
            root.ok_or_else(|| FetchError::from(missing()))
        });
        let root = root.await?.trim_end_matches('/');
        let real = self.resolve_path(connection, key).await?;
        let is_inside = |real: &String| {
            let rest = real.strip_prefix(root);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        Ok(real.filter(is_inside))
    }

    /// Resolves a path, following every link.
    async fn resolve_path(
        &self,
        connection: &SftpConnection,
        key: &str,
    ) -> Result<Option<String>, FetchError> {
        let request = connection.session.realpath(path_or_start(key));
        let name = self.call_optional(connection, key, request).await?;
        Ok(name.and_then(|name| Some(name.files.into_iter().next()?.filename)))
    }

    /// Returns the connection; opens one if there is none.
    async fn connection(&self) -> Result<Arc<SftpConnection>, FetchError> {
        let mut slot = self.connection.lock().await;
        match &*slot {
            Some(open) if !open.is_closed() => Ok(open.clone()),
            _ => {
                *slot = None;
                let open = Arc::new(SftpConnection::connect(&self.settings).await?);
                *slot = Some(open.clone());
                Ok(open)
            }
        }
    }

    /// Drops a connection that doesn't respond.
    async fn drop_connection(&self, lost: &SftpConnection) {
        let mut slot = self.connection.lock().await;
        if slot.as_deref().is_some_and(|open| std::ptr::eq(open, lost)) {
            *slot = None;
        }
    }

    /// Returns a response, or the status sent instead. Drops a connection that gives neither.
    async fn call_with_status<T>(
        &self,
        connection: &SftpConnection,
        request: impl Future<Output = SftpResult<T>>,
    ) -> Result<Result<T, SftpStatus>, FetchError> {
        let at = self.settings.host_and_port();
        let after = self.settings.timeouts.stall;
        let error = match timeout(after, request).await {
            Ok(Ok(response)) => return Ok(Ok(response)),
            Ok(Err(Error::Status(status))) => {
                return Ok(Err(SftpStatus(status.status_code, status.error_message)));
            }
            Ok(Err(Error::Limited(why))) => {
                return Err(FetchError::Unavailable {
                    at,
                    why,
                    retry_after: None,
                });
            }
            Ok(Err(Error::Timeout)) | Err(_) => FetchError::Stalled { at, after },
            Ok(Err(_)) => FetchError::ConnectionLost {
                at,
                why: "it was closed by the remote side".to_owned(),
            },
        };
        self.drop_connection(connection).await;
        Err(error)
    }

    async fn call_remote<T>(
        &self,
        connection: &SftpConnection,
        key: &str,
        request: impl Future<Output = SftpResult<T>>,
    ) -> Result<T, FetchError> {
        let response = self.call_with_status(connection, request).await?;
        response.map_err(|status| self.to_error(key, status).into())
    }

    /// Like `call_remote`, but returns `None` if the path doesn't exist.
    async fn call_optional<T>(
        &self,
        connection: &SftpConnection,
        key: &str,
        request: impl Future<Output = SftpResult<T>>,
    ) -> Result<Option<T>, FetchError> {
        match self.call_with_status(connection, request).await? {
            Ok(found) => Ok(Some(found)),
            Err(SftpStatus(StatusCode::NoSuchFile, _)) => Ok(None),
            Err(status) => Err(self.to_error(key, status).into()),
        }
    }

    fn to_error(&self, key: &str, SftpStatus(code, message): SftpStatus) -> SftpError {
        let (at, path) = (
            self.settings.host_and_port(),
            remote_name::display_name(key),
        );
        match code {
            StatusCode::PermissionDenied => SftpError::Denied { at, path },
            StatusCode::NoSuchFile => SftpError::MissingFolder { at, folder: path },
            code => SftpError::Other {
                at,
                path,
                said: if message.is_empty() {
                    code.to_string()
                } else {
                    remote_name::display_name(&message)
                },
            },
        }
    }
}

/// A status that a server sends instead of a response.
struct SftpStatus(StatusCode, String);

impl fmt::Debug for SftpStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sftp")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

async fn acquire_permit(permits: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, FetchError> {
    let permit = permits.clone().acquire_owned().await;
    permit.map_err(|error| FetchError::Client(error.to_string()))
}

/// Returns the path, or the server's name for where a session starts.
fn path_or_start(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn to_remote_file(key: &str, attributes: &FileAttributes) -> RemoteFile {
    let size = attributes.size.unwrap_or_default();
    let seconds = attributes.mtime;
    RemoteFile {
        key: key.to_owned(),
        size,
        modified: seconds.and_then(|at| Timestamp::from_second(at.into()).ok()),
        tag: format!("{size}-{}", seconds.unwrap_or_default()),
    }
}
