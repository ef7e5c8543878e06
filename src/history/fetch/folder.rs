//! A folder of this machine, for files that arrive some other way. Keys are its paths
//! with `/`; nothing outside of it is ever read, wherever links lead. No error tells where
//! it is on our disk: pages show them.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::{Chunks, FetchError, Listing, Remote, name};

/// Bytes a piece.
const PIECE: usize = 256 * 1024;

#[derive(Clone, Debug)]
pub struct Folder {
    root: Arc<Path>,
    /// As the configuration calls it.
    called: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error(
        "folder “{folder}” not found: check `folder`, which is relative to the configuration file"
    )]
    Absent { folder: String },
    #[error("no permission to read “{file}”: give the service user read permission")]
    Denied { file: String },
    #[error("can't read “{file}”: {why}")]
    Unreadable { file: String, why: String },
}

impl Fault {
    pub(super) fn is_of_one_file(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::Unreadable { .. })
    }
}

impl Folder {
    /// `called` is its name in sentences.
    pub fn new(root: PathBuf, called: &str) -> Self {
        Self {
            root: root.into(),
            called: called.into(),
        }
    }

    pub(super) async fn list(&self, folder: &str) -> Result<Listing, FetchError> {
        let folder = folder.to_owned();
        self.aside(move |door| list(door, &folder)).await
    }

    pub(super) async fn stat(&self, key: &str) -> Result<Option<Remote>, FetchError> {
        let key = key.to_owned();
        let stat = move |door: &Self| {
            let Some(place) = inside(door, &key)? else {
                return Ok(None);
            };
            match fs::metadata(&place) {
                Ok(found) if found.is_file() => Ok(Some(remote(key, &found))),
                Ok(_) => Ok(None),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(fault(door.named(&key), &error).into()),
            }
        };
        self.aside(stat).await
    }

    pub(super) async fn open(&self, remote: &Remote) -> Result<Chunks, FetchError> {
        let key = remote.key.clone();
        let open = move |door: &Self| {
            let Some(place) = inside(door, &key)? else {
                let key = name::shown(&key);
                return Err(FetchError::Gone { key });
            };
            let named = door.named(&key);
            match File::open(&place) {
                Ok(file) => Ok((file, named)),
                Err(error) => Err(fault(named, &error).into()),
            }
        };
        let opened = self.aside(open).await?;
        Ok(stream::try_unfold(opened, pieces).boxed())
    }

    /// Does what may wait for a disk where that holds nobody up.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, FetchError> + Send + 'static,
    ) -> Result<T, FetchError> {
        let door = self.clone();
        match tokio::task::spawn_blocking(move || work(&door)).await {
            Ok(done) => done,
            Err(error) => Err(Fault::Unreadable {
                file: self.called.to_string(),
                why: error.to_string(),
            }
            .into()),
        }
    }

    /// A key as people know it.
    fn named(&self, key: &str) -> String {
        match key {
            "" => self.called.to_string(),
            key => format!("{}/{}", self.called, name::shown(key)),
        }
    }
}

/// The next piece of a file, and the file with its name.
async fn pieces(
    (mut file, named): (File, String),
) -> Result<Option<(Bytes, (File, String))>, FetchError> {
    let read = tokio::task::spawn_blocking(move || {
        let mut piece = Vec::new();
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut piece);
        (read, piece, file, named)
    });
    let (read, piece, file, named) = read.await.map_err(|error| Fault::Unreadable {
        file: String::new(),
        why: error.to_string(),
    })?;
    match read {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some((piece.into(), (file, named)))),
        Err(error) => Err(fault(named, &error).into()),
    }
}

fn list(door: &Folder, folder: &str) -> Result<Listing, FetchError> {
    let absent = || Fault::Absent {
        folder: door.named(folder),
    };
    let failed = |error: io::Error| fault(door.named(folder), &error);
    let place = inside(door, folder)?.ok_or_else(absent)?;
    let entries = match fs::read_dir(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(absent().into()),
        entries => entries.map_err(failed)?,
    };
    let real = fs::canonicalize(&door.root).map_err(failed)?;
    let mut listing = Listing::default();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        note(&entry, folder, &real, &mut listing);
        listing.check(folder)?;
    }
    Ok(listing.sorted())
}

/// Takes one entry of a folder into the listing.
fn note(entry: &fs::DirEntry, folder: &str, real: &Path, listing: &mut Listing) {
    let file_name = entry.file_name();
    let Some(own) = file_name.to_str() else {
        let why = "its name isn't valid UTF-8: rename it";
        return listing.leave_out(&file_name.to_string_lossy(), why);
    };
    let key = if folder.is_empty() {
        own.to_owned()
    } else {
        format!("{folder}/{own}")
    };
    let Ok(found) = entry.metadata() else {
        // Gone between being named and being looked at.
        return;
    };
    if found.is_dir() {
        listing.folders.push(key);
    } else if found.is_file() {
        listing.take(remote(key, &found));
    } else if found.is_symlink() {
        match followed(&entry.path(), real) {
            Some(found) if found.is_file() => listing.take(remote(key, &found)),
            Some(_) => listing.leave_out(&key, "it's a link to a folder"),
            None => listing.leave_out(&key, "it's a link out of the folder, or a broken link"),
        }
    } else {
        listing.leave_out(&key, "it's neither a file nor a folder");
    }
}

/// What a link leads to, where that is inside.
fn followed(link: &Path, real: &Path) -> Option<Metadata> {
    let target = fs::canonicalize(link).ok()?;
    target
        .starts_with(real)
        .then(|| fs::metadata(target).ok())
        .flatten()
}

/// The real place of a key, links followed; `None` where there is none inside the root.
fn inside(door: &Folder, key: &str) -> Result<Option<PathBuf>, FetchError> {
    let real = fs::canonicalize(&door.root).map_err(|error| fault(door.named(""), &error))?;
    let Some(place) = place(&real, key) else {
        return Ok(None);
    };
    match fs::canonicalize(&place) {
        Ok(found) => Ok(found.starts_with(&real).then_some(found)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(fault(door.named(key), &error).into())
        }
        Err(_) => Ok(None),
    }
}

/// The path of a key below the root; `None` where the key means none.
fn place(root: &Path, key: &str) -> Option<PathBuf> {
    if key.is_empty() {
        return Some(root.to_owned());
    }
    let is_plain = |part| matches!(part, Component::Normal(_));
    let relative = Path::new(key);
    let is_safe = name::fault(key).is_none() && relative.components().all(is_plain);
    is_safe.then(|| root.join(relative))
}

fn remote(key: String, found: &Metadata) -> Remote {
    let modified = found.modified().ok();
    let modified = modified.and_then(|at| Timestamp::try_from(at).ok());
    let nanoseconds = modified.map_or(0, Timestamp::as_nanosecond);
    Remote {
        key,
        size: found.len(),
        modified,
        tag: format!("{}-{nanoseconds}", found.len()),
    }
}

/// Why what is called so cannot be read.
fn fault(file: String, error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound => Fault::Absent { folder: file },
        io::ErrorKind::PermissionDenied => Fault::Denied { file },
        _ => Fault::Unreadable {
            file,
            why: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::{ffi::OsStringExt, fs::symlink};

    use proptest::prelude::*;

    use super::*;

    #[tokio::test]
    async fn a_file_in_place_of_the_folder_is_called_as_the_configuration_does() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let folder = Folder::new(file.path().to_owned(), "export");

        let error = folder.list("").await.unwrap_err();

        assert_eq!(
            error.to_string(),
            "folder “export” not found: check `folder`, which is relative to the configuration file"
        );
    }

    async fn listed(folder: &Folder, at: &str) -> Listing {
        folder.list(at).await.unwrap()
    }

    fn keys(listing: &Listing) -> Vec<&str> {
        listing.files.iter().map(|file| file.key.as_str()).collect()
    }

    #[tokio::test]
    async fn a_folder_tells_its_files_and_folders_by_name() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("Metrics/2026")).unwrap();
        fs::write(dir.path().join("Metrics/b.csv"), "12").unwrap();
        fs::write(dir.path().join("Metrics/a.csv"), "").unwrap();
        let folder = Folder::new(dir.path().into(), "in/export");

        let outer = listed(&folder, "").await;
        let inner = listed(&folder, "Metrics").await;

        assert_eq!(outer.folders, ["Metrics"]);
        assert_eq!(inner.folders, ["Metrics/2026"]);
        assert_eq!(keys(&inner), ["Metrics/a.csv", "Metrics/b.csv"]);
        assert_eq!(inner.files[1].size, 2);
        assert_eq!(
            folder.stat("Metrics/b.csv").await.unwrap().as_ref(),
            inner.files.get(1)
        );
    }

    #[tokio::test]
    async fn links_are_followed_to_files_inside_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        fs::write(dir.path().join("real.csv"), "x").unwrap();
        fs::create_dir(dir.path().join("real")).unwrap();
        for (target, link) in [
            (outside.path().join("secret"), "out.csv"),
            (outside.path().to_owned(), "out"),
            (dir.path().join("real.csv"), "in.csv"),
            (dir.path().join("real"), "in"),
            (dir.path().join("none"), "none.csv"),
        ] {
            symlink(target, dir.path().join(link)).unwrap();
        }
        let folder = Folder::new(dir.path().into(), "in/export");

        let listing = listed(&folder, "").await;

        assert_eq!(keys(&listing), ["in.csv", "real.csv"]);
        assert_eq!(listing.folders, ["real"]);
        assert_eq!(listing.left_out.len(), 4);
        for key in ["out.csv", "out/secret", "../secret"] {
            assert_eq!(folder.stat(key).await.unwrap(), None, "{key}");
        }
        assert!(folder.list("out").await.is_err());
    }

    #[tokio::test]
    async fn a_name_that_is_no_text_is_left_out_and_said() {
        let dir = tempfile::tempdir().unwrap();
        let name = std::ffi::OsString::from_vec(b"a\xff.csv".to_vec());
        fs::write(dir.path().join(name), "").unwrap();
        let folder = Folder::new(dir.path().into(), "in/export");

        let listing = listed(&folder, "").await;

        assert_eq!(keys(&listing), [""; 0]);
        assert_eq!(
            listing.left_out[0].why,
            "its name isn't valid UTF-8: rename it"
        );
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_called_as_the_configuration_calls_it() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().join("none"), "in/none");

        let error = folder.list("").await.unwrap_err();

        assert!(error.is_absent());
        assert_eq!(
            error.to_string(),
            "folder “in/none” not found: check `folder`, which is relative to the configuration file"
        );
    }

    proptest! {
        #[test]
        fn no_key_leads_out_of_the_root(key in r"(/|\\|\.|\.\.|[a-c]|\PC){0,12}") {
            let root = Path::new("/srv/export");
            if let Some(place) = place(root, &key) {
                prop_assert!(place.starts_with(root));
                prop_assert!(!place.components().any(|part| part == Component::ParentDir));
            }
        }
    }
}
