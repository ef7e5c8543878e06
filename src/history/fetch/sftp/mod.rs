//! Files by SFTP. A line is opened when it is needed and kept; when it is lost, the call
//! that loses it fails in passing and the next one opens another.

mod fault;
mod host;
mod key;
mod link;
mod reading;

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

pub(super) use fault::Fault;
pub use key::{OwnKey, own_key};

use super::{Chunks, FetchError, Listing, Patience, Remote, name};
use crate::domain::Hidden;
use link::Link;
use reading::Reading;

/// Listings under way at once.
const LISTINGS: usize = 4;
/// Files that are read at once.
const FILES: usize = 2;

/// How the host proves itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// A file in the form of OpenSSH's `known_hosts`.
    KnownHosts(PathBuf),
    /// `SHA256:…`, as `ssh-keygen -l` tells it.
    Fingerprint(String),
}

/// Where the server is and who we are.
#[derive(Clone, Debug, PartialEq)]
pub struct SftpSettings {
    pub host: String,
    pub port: u16,
    pub username: String,
    pub key_file: PathBuf,
    pub key_passphrase: Option<Hidden>,
    pub trust: Trust,
    /// The outermost folder; links are not followed out of it.
    pub root: String,
    pub patience: Patience,
}

impl SftpSettings {
    /// Host and port, for sentences.
    fn at(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

#[derive(Clone)]
pub struct Sftp {
    settings: Arc<SftpSettings>,
    link: Arc<Mutex<Option<Arc<Link>>>>,
    listings: Arc<Semaphore>,
    files: Arc<Semaphore>,
}

impl Sftp {
    pub fn new(settings: SftpSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            link: Arc::default(),
            listings: Arc::new(Semaphore::new(LISTINGS)),
            files: Arc::new(Semaphore::new(FILES)),
        }
    }

    pub(super) async fn list(&self, folder: &str) -> Result<Listing, FetchError> {
        let _turn = turn(&self.listings).await?;
        let link = self.link().await?;
        let place = path(folder);
        let handle = self
            .ask(&link, place, link.session.opendir(place))
            .await?
            .handle;
        let listing = self.entries(&link, folder, &handle).await;
        // What was read is read; a handle more or less is the server's to count.
        self.ask(&link, folder, link.session.close(handle))
            .await
            .ok();
        listing.map(Listing::sorted)
    }

    pub(super) async fn stat(&self, key: &str) -> Result<Option<Remote>, FetchError> {
        let link = self.link().await?;
        let Some(found) = self.found(&link, key, link.session.lstat(key)).await? else {
            return Ok(None);
        };
        match found.attrs.file_type() {
            FileType::File => Ok(Some(remote(key, &found.attrs))),
            FileType::Symlink => self.followed(&link, key).await,
            FileType::Dir | FileType::Other => Ok(None),
        }
    }

    pub(super) async fn open(&self, remote: &Remote) -> Result<Chunks, FetchError> {
        let turn = turn(&self.files).await?;
        let link = self.link().await?;
        let key = remote.key.as_str();
        let gone = || FetchError::Gone {
            key: name::shown(key),
        };
        // A link may lead elsewhere since it was listed.
        let real = self.inside(&link, key).await?.ok_or_else(gone)?;
        let opening = link
            .session
            .open(real, OpenFlags::READ, FileAttributes::empty());
        let opened = self.found(&link, key, opening).await?.ok_or_else(gone)?;
        let reading = Reading {
            door: self.clone(),
            link,
            handle: opened.handle,
            key: key.to_owned(),
            turn,
        };
        Ok(reading.chunks(remote.size))
    }

    async fn entries(
        &self,
        link: &Link,
        folder: &str,
        handle: &str,
    ) -> Result<Listing, FetchError> {
        let mut listing = Listing::default();
        loop {
            let entries = match self.asked(link, link.session.readdir(handle)).await? {
                Err(status) if status.0 == StatusCode::Eof => return Ok(listing),
                Err(status) => return Err(self.refused(folder, status).into()),
                Ok(entries) => entries.files,
            };
            for entry in entries {
                if entry.filename != "." && entry.filename != ".." {
                    self.note(link, folder, &entry.filename, &entry.attrs, &mut listing)
                        .await?;
                }
            }
            listing.check(folder)?;
        }
    }

    /// Takes one entry of a folder into the listing.
    async fn note(
        &self,
        link: &Link,
        folder: &str,
        own: &str,
        attributes: &FileAttributes,
        listing: &mut Listing,
    ) -> Result<(), FetchError> {
        let key = match folder {
            "" => own.to_owned(),
            folder => format!("{}/{own}", folder.trim_end_matches('/')),
        };
        if own.contains('/') {
            listing.leave_out(&key, "its name has a “/”");
        } else if attributes.permissions.is_none() {
            // Some servers tell the kind only when they are asked.
            match self.stat(&key).await? {
                Some(file) => listing.take(file),
                None if name::fault(&key).is_none() => listing.folders.push(key),
                None => listing.leave_out(&key, "its name can't be used"),
            }
        } else {
            match attributes.file_type() {
                FileType::File => listing.take(remote(&key, attributes)),
                FileType::Dir => match name::fault(&key) {
                    None => listing.folders.push(key),
                    Some(why) => listing.leave_out(&key, why),
                },
                FileType::Symlink => match self.followed(link, &key).await? {
                    Some(file) => listing.take(file),
                    None => listing.leave_out(
                        &key,
                        "it's a link that doesn't point to a file inside the folder",
                    ),
                },
                FileType::Other => listing.leave_out(&key, "it's neither a file nor a folder"),
            }
        }
        Ok(())
    }

    /// The file that a link leads to, where that is inside the root.
    async fn followed(&self, link: &Link, key: &str) -> Result<Option<Remote>, FetchError> {
        let Some(real) = self.inside(link, key).await? else {
            return Ok(None);
        };
        let found = self.found(link, key, link.session.lstat(real)).await?;
        let file = found.filter(|found| found.attrs.file_type() == FileType::File);
        Ok(file.map(|found| remote(key, &found.attrs)))
    }

    /// The path of a key with every link followed; `None` where it is not inside the root.
    async fn inside(&self, link: &Link, key: &str) -> Result<Option<String>, FetchError> {
        let root = link.root.get_or_try_init(|| async {
            let root = self.real(link, &self.settings.root).await?;
            let missing = || Fault::Absent {
                at: self.settings.at(),
                folder: name::shown(path(&self.settings.root)),
            };
            root.ok_or_else(|| FetchError::from(missing()))
        });
        let root = root.await?.trim_end_matches('/');
        let real = self.real(link, key).await?;
        let is_inside = |real: &String| {
            let rest = real.strip_prefix(root);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        Ok(real.filter(is_inside))
    }

    /// The path that a path leads to when every link is followed.
    async fn real(&self, link: &Link, key: &str) -> Result<Option<String>, FetchError> {
        let asking = link.session.realpath(path(key));
        let name = self.found(link, key, asking).await?;
        Ok(name.and_then(|name| Some(name.files.into_iter().next()?.filename)))
    }

    /// The line, opened where there is none.
    async fn link(&self) -> Result<Arc<Link>, FetchError> {
        let mut link = self.link.lock().await;
        match &*link {
            Some(open) if !open.is_closed() => Ok(open.clone()),
            _ => {
                *link = None;
                let open = Arc::new(Link::open(&self.settings).await?);
                *link = Some(open.clone());
                Ok(open)
            }
        }
    }

    /// Lets go of a line that does not answer.
    async fn forget(&self, lost: &Link) {
        let mut link = self.link.lock().await;
        if link.as_deref().is_some_and(|open| std::ptr::eq(open, lost)) {
            *link = None;
        }
    }

    /// An answer, or what was said instead of one. A line that gives neither is let go.
    async fn asked<T>(
        &self,
        link: &Link,
        asking: impl Future<Output = SftpResult<T>>,
    ) -> Result<Result<T, Status>, FetchError> {
        let at = self.settings.at();
        let after = self.settings.patience.stall;
        let error = match timeout(after, asking).await {
            Ok(Ok(answer)) => return Ok(Ok(answer)),
            Ok(Err(Error::Status(status))) => {
                return Ok(Err(Status(status.status_code, status.error_message)));
            }
            Ok(Err(Error::Limited(why))) => return Err(FetchError::Unwell { at, why }),
            Ok(Err(Error::Timeout)) | Err(_) => FetchError::Stalled { at, after },
            Ok(Err(_)) => FetchError::Lost {
                at,
                why: "it was closed by the remote side".to_owned(),
            },
        };
        self.forget(link).await;
        Err(error)
    }

    async fn ask<T>(
        &self,
        link: &Link,
        key: &str,
        asking: impl Future<Output = SftpResult<T>>,
    ) -> Result<T, FetchError> {
        let answer = self.asked(link, asking).await?;
        answer.map_err(|status| self.refused(key, status).into())
    }

    /// As `ask`, and `None` where there is nothing of that name.
    async fn found<T>(
        &self,
        link: &Link,
        key: &str,
        asking: impl Future<Output = SftpResult<T>>,
    ) -> Result<Option<T>, FetchError> {
        match self.asked(link, asking).await? {
            Ok(found) => Ok(Some(found)),
            Err(Status(StatusCode::NoSuchFile, _)) => Ok(None),
            Err(status) => Err(self.refused(key, status).into()),
        }
    }

    fn refused(&self, key: &str, Status(code, said): Status) -> Fault {
        let (at, path) = (self.settings.at(), name::shown(key));
        match code {
            StatusCode::PermissionDenied => Fault::Denied { at, path },
            StatusCode::NoSuchFile => Fault::Absent { at, folder: path },
            code => Fault::Other {
                at,
                path,
                said: if said.is_empty() {
                    code.to_string()
                } else {
                    name::shown(&said)
                },
            },
        }
    }
}

/// What a server says instead of an answer.
struct Status(StatusCode, String);

impl fmt::Debug for Sftp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sftp")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

async fn turn(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, FetchError> {
    let turn = turns.clone().acquire_owned().await;
    turn.map_err(|error| FetchError::Client(error.to_string()))
}

/// How the far side calls where a session starts.
fn path(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn remote(key: &str, attributes: &FileAttributes) -> Remote {
    let size = attributes.size.unwrap_or_default();
    let seconds = attributes.mtime;
    Remote {
        key: key.to_owned(),
        size,
        modified: seconds.and_then(|at| Timestamp::from_second(at.into()).ok()),
        tag: format!("{size}-{}", seconds.unwrap_or_default()),
    }
}
