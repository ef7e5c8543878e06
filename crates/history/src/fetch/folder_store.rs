//! A local folder, for files that arrive some other way. Keys are its paths with `/`; nothing
//! outside it is ever read, wherever links lead. Errors don't show its path on our disk, because
//! pages show them.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::{
    FetchError, FileChunks, RemoteFile, RemoteListing, remote_name, store_errors::FolderError,
};

/// Bytes per chunk.
const CHUNK_BYTES: usize = 256 * 1024;

#[derive(Clone, Debug)]
pub struct FolderStore {
    root: Arc<Path>,
    /// Its name in the configuration.
    display_name: Arc<str>,
}

impl FolderStore {
    /// Creates a store; `display_name` is its name in sentences.
    pub fn new(root: PathBuf, display_name: &str) -> Self {
        Self {
            root: root.into(),
            display_name: display_name.into(),
        }
    }

    pub(super) async fn list_folder(&self, folder: &str) -> Result<RemoteListing, FetchError> {
        let folder = folder.to_owned();
        self.run_blocking(move |store| list_entries(store, &folder))
            .await
    }

    pub(super) async fn stat_file(&self, key: &str) -> Result<Option<RemoteFile>, FetchError> {
        let key = key.to_owned();
        let stat = move |store: &Self| {
            let Some(path) = resolve_key(store, &key)? else {
                return Ok(None);
            };
            match fs::metadata(&path) {
                Ok(found) if found.is_file() => Ok(Some(to_remote_file(key, &found))),
                Ok(_) => Ok(None),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(to_folder_error(store.display_path(&key), &error).into()),
            }
        };
        self.run_blocking(stat).await
    }

    pub(super) async fn open_file(&self, remote: &RemoteFile) -> Result<FileChunks, FetchError> {
        let key = remote.key.clone();
        let open = move |store: &Self| {
            let Some(path) = resolve_key(store, &key)? else {
                let key = remote_name::display_name(&key);
                return Err(FetchError::Gone { key });
            };
            let name = store.display_path(&key);
            match File::open(&path) {
                Ok(file) => Ok((file, name)),
                Err(error) => Err(to_folder_error(name, &error).into()),
            }
        };
        let opened = self.run_blocking(open).await?;
        Ok(stream::try_unfold(opened, next_chunk).boxed())
    }

    /// Runs work that may wait for a disk on a blocking thread.
    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, FetchError> + Send + 'static,
    ) -> Result<T, FetchError> {
        let store = self.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(done) => done,
            Err(error) => Err(FolderError::Unreadable {
                file: self.display_name.to_string(),
                why: error.to_string(),
            }
            .into()),
        }
    }

    /// Returns a key as shown to people.
    fn display_path(&self, key: &str) -> String {
        match key {
            "" => self.display_name.to_string(),
            key => format!("{}/{}", self.display_name, remote_name::display_name(key)),
        }
    }
}

/// Reads the next chunk of a file, and returns the file with its name.
async fn next_chunk(
    (mut file, name): (File, String),
) -> Result<Option<(Bytes, (File, String))>, FetchError> {
    let read = tokio::task::spawn_blocking(move || {
        let mut chunk = Vec::new();
        let read = file
            .by_ref()
            .take(CHUNK_BYTES as u64)
            .read_to_end(&mut chunk);
        (read, chunk, file, name)
    });
    let (read, chunk, file, name) = read.await.map_err(|error| FolderError::Unreadable {
        file: String::new(),
        why: error.to_string(),
    })?;
    match read {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some((chunk.into(), (file, name)))),
        Err(error) => Err(to_folder_error(name, &error).into()),
    }
}

fn list_entries(store: &FolderStore, folder: &str) -> Result<RemoteListing, FetchError> {
    let missing = || FolderError::Missing {
        folder: store.display_path(folder),
    };
    let failed = |error: io::Error| to_folder_error(store.display_path(folder), &error);
    let path = resolve_key(store, folder)?.ok_or_else(missing)?;
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Err(missing().into()),
        entries => entries.map_err(failed)?,
    };
    let real = fs::canonicalize(&store.root).map_err(failed)?;
    let mut listing = RemoteListing::default();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        add_entry(&entry, folder, &real, &mut listing);
        listing.check_size(folder)?;
    }
    Ok(listing.into_sorted())
}

/// Adds one entry of a folder to the listing.
fn add_entry(entry: &fs::DirEntry, folder: &str, real: &Path, listing: &mut RemoteListing) {
    let file_name = entry.file_name();
    let Some(name) = file_name.to_str() else {
        let why = "its name isn't valid UTF-8: rename it";
        return listing.skip_file(&file_name.to_string_lossy(), why);
    };
    let key = if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    };
    let Ok(found) = entry.metadata() else {
        // It disappeared after the folder was read.
        return;
    };
    if found.is_dir() {
        listing.folders.push(key);
    } else if found.is_file() {
        listing.add_file(to_remote_file(key, &found));
    } else if found.is_symlink() {
        match follow_link(&entry.path(), real) {
            Some(found) if found.is_file() => listing.add_file(to_remote_file(key, &found)),
            Some(_) => listing.skip_file(&key, "it's a link to a folder"),
            None => listing.skip_file(&key, "it's a link out of the folder, or a broken link"),
        }
    } else {
        listing.skip_file(&key, "it's neither a file nor a folder");
    }
}

/// Returns the target of a link, if it's inside the root.
fn follow_link(link: &Path, real: &Path) -> Option<Metadata> {
    let target = fs::canonicalize(link).ok()?;
    target
        .starts_with(real)
        .then(|| fs::metadata(target).ok())
        .flatten()
}

/// Returns the real path of a key, links followed; `None` if it isn't inside the root.
fn resolve_key(store: &FolderStore, key: &str) -> Result<Option<PathBuf>, FetchError> {
    let real = fs::canonicalize(&store.root)
        .map_err(|error| to_folder_error(store.display_path(""), &error))?;
    let Some(path) = join_key(&real, key) else {
        return Ok(None);
    };
    match fs::canonicalize(&path) {
        Ok(found) => Ok(found.starts_with(&real).then_some(found)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(to_folder_error(store.display_path(key), &error).into())
        }
        Err(_) => Ok(None),
    }
}

/// Returns the path of a key below the root; `None` if the key isn't a valid path.
fn join_key(root: &Path, key: &str) -> Option<PathBuf> {
    if key.is_empty() {
        return Some(root.to_owned());
    }
    let is_plain = |part| matches!(part, Component::Normal(_));
    let relative = Path::new(key);
    let is_safe =
        remote_name::find_name_error(key).is_none() && relative.components().all(is_plain);
    is_safe.then(|| root.join(relative))
}

fn to_remote_file(key: String, found: &Metadata) -> RemoteFile {
    let modified = found.modified().ok();
    let modified = modified.and_then(|at| Timestamp::try_from(at).ok());
    let nanoseconds = modified.map_or(0, Timestamp::as_nanosecond);
    RemoteFile {
        key,
        size: found.len(),
        modified,
        tag: format!("{}-{nanoseconds}", found.len()),
    }
}

/// Converts an I/O error to the error for this file.
fn to_folder_error(file: String, error: &io::Error) -> FolderError {
    match error.kind() {
        io::ErrorKind::NotFound => FolderError::Missing { folder: file },
        io::ErrorKind::PermissionDenied => FolderError::Denied { file },
        _ => FolderError::Unreadable {
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
    async fn a_file_instead_of_the_folder_is_shown_by_its_configured_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let folder = FolderStore::new(file.path().to_owned(), "export");

        let error = folder.list_folder("").await.unwrap_err();

        assert_eq!(
            error.to_string(),
            "folder “export” not found: check `folder`, which is relative to the configuration file"
        );
    }

    async fn list_at(folder: &FolderStore, at: &str) -> RemoteListing {
        folder.list_folder(at).await.unwrap()
    }

    fn listing_keys(listing: &RemoteListing) -> Vec<&str> {
        listing.files.iter().map(|file| file.key.as_str()).collect()
    }

    #[tokio::test]
    async fn lists_files_and_folders_by_name() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("Metrics/2026")).unwrap();
        fs::write(dir.path().join("Metrics/b.csv"), "12").unwrap();
        fs::write(dir.path().join("Metrics/a.csv"), "").unwrap();
        let folder = FolderStore::new(dir.path().into(), "in/export");

        let outer = list_at(&folder, "").await;
        let inner = list_at(&folder, "Metrics").await;

        assert_eq!(outer.folders, ["Metrics"]);
        assert_eq!(inner.folders, ["Metrics/2026"]);
        assert_eq!(listing_keys(&inner), ["Metrics/a.csv", "Metrics/b.csv"]);
        assert_eq!(inner.files[1].size, 2);
        assert_eq!(
            folder.stat_file("Metrics/b.csv").await.unwrap().as_ref(),
            inner.files.get(1)
        );
    }

    #[tokio::test]
    async fn follows_links_only_to_files_inside() {
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
        let folder = FolderStore::new(dir.path().into(), "in/export");

        let listing = list_at(&folder, "").await;

        assert_eq!(listing_keys(&listing), ["in.csv", "real.csv"]);
        assert_eq!(listing.folders, ["real"]);
        assert_eq!(listing.skipped.len(), 4);
        for key in ["out.csv", "out/secret", "../secret"] {
            assert_eq!(folder.stat_file(key).await.unwrap(), None, "{key}");
        }
        assert!(folder.list_folder("out").await.is_err());
    }

    #[tokio::test]
    async fn a_name_that_is_not_utf_8_is_skipped_with_the_reason() {
        let dir = tempfile::tempdir().unwrap();
        let name = std::ffi::OsString::from_vec(b"a\xff.csv".to_vec());
        fs::write(dir.path().join(name), "").unwrap();
        let folder = FolderStore::new(dir.path().into(), "in/export");

        let listing = list_at(&folder, "").await;

        assert_eq!(listing_keys(&listing), [""; 0]);
        assert_eq!(
            listing.skipped[0].reason,
            "its name isn't valid UTF-8: rename it"
        );
    }

    #[tokio::test]
    async fn a_missing_folder_is_shown_by_its_configured_name() {
        let dir = tempfile::tempdir().unwrap();
        let folder = FolderStore::new(dir.path().join("none"), "in/none");

        let error = folder.list_folder("").await.unwrap_err();

        assert!(error.is_missing_folder());
        assert_eq!(
            error.to_string(),
            "folder “in/none” not found: check `folder`, which is relative to the configuration file"
        );
    }

    proptest! {
        #[test]
        fn no_key_leads_out_of_the_root(key in r"(/|\\|\.|\.\.|[a-c]|\PC){0,12}") {
            let root = Path::new("/srv/export");
            if let Some(path) = join_key(root, &key) {
                prop_assert!(path.starts_with(root));
                prop_assert!(!path.components().any(|part| part == Component::ParentDir));
            }
        }
    }
}
