//! Everything that was made in the browser as one ZIP file: `settings.toml`, and the folder `boards` with board files
//! and pictures, as `wallboard config` writes and reads them.

use std::{
    io::{Cursor, Read, Write},
    path::Path,
};

use zip::{ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::ExportedEntries;

/// The file of all entries but boards.
const ENTRIES_FILE: &str = "settings.toml";
const BOARDS_FOLDER: &str = "boards";
/// Of one file, in bytes.
const FILE_BYTES_MAX: u64 = 4_000_000;
/// Of all of them.
const CONTENT_BYTES_MAX: u64 = 32_000_000;
/// The beginning of every ZIP file.
const ZIP_START: &[u8] = b"PK";

/// The files of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsFiles {
    pub entries: ExportedEntries,
    /// Each one's file name and content.
    pub pictures: Vec<(String, Vec<u8>)>,
}

/// Why an upload isn't an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadFault {
    /// Neither a ZIP file with settings nor a text.
    Unreadable,
    TooLarge,
}

impl SettingsFiles {
    /// Writes them as a ZIP file. Equal ones give equal bytes.
    pub fn to_zip(&self) -> Result<Vec<u8>, ZipError> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut add = |name: String, content: &[u8]| {
            zip.start_file(name, SimpleFileOptions::default())?;
            zip.write_all(content).map_err(ZipError::from)
        };
        add(ENTRIES_FILE.to_owned(), self.entries.toml.as_bytes())?;
        for (id, text) in &self.entries.boards {
            add(format!("{BOARDS_FOLDER}/{id}.toml"), text.as_bytes())?;
        }
        for (name, bytes) in &self.pictures {
            add(format!("{BOARDS_FOLDER}/{name}"), bytes)?;
        }
        Ok(zip.finish()?.into_inner())
    }

    /// Reads what somebody uploads: such a ZIP file, or the text of `settings.toml` alone.
    pub fn read_upload(upload: &[u8]) -> Result<Self, UploadFault> {
        if upload.starts_with(ZIP_START) {
            return Self::read_zip(upload);
        }
        let toml = read_text(upload.to_vec())?;
        let entries = ExportedEntries {
            toml,
            ..ExportedEntries::default()
        };
        Ok(Self {
            entries,
            ..Self::default()
        })
    }

    fn read_zip(upload: &[u8]) -> Result<Self, UploadFault> {
        let unreadable = |_: ZipError| UploadFault::Unreadable;
        let mut zip = ZipArchive::new(Cursor::new(upload)).map_err(unreadable)?;
        let (mut files, mut rest) = (Self::default(), CONTENT_BYTES_MAX);
        let mut is_export = false;
        for number in 0..zip.len() {
            let mut file = zip.by_index(number).map_err(unreadable)?;
            let Some(path) = file.enclosed_name().filter(|_| file.is_file()) else {
                continue;
            };
            let Some(part) = ArchivePart::of_path(&path) else {
                continue;
            };
            if !is_plain(&path) {
                return Err(UploadFault::Unreadable);
            }
            let most = FILE_BYTES_MAX.min(rest);
            let mut content = Vec::new();
            let read = file.by_ref().take(most + 1).read_to_end(&mut content);
            read.map_err(|_| UploadFault::Unreadable)?;
            let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
            rest = rest.checked_sub(length).ok_or(UploadFault::TooLarge)?;
            if FILE_BYTES_MAX < length {
                return Err(UploadFault::TooLarge);
            }
            is_export = true;
            match part {
                ArchivePart::Entries => files.entries.toml = read_text(content)?,
                ArchivePart::Board(id) => files.entries.boards.push((id, read_text(content)?)),
                ArchivePart::Picture(name) => files.pictures.push((name, content)),
            }
        }
        is_export.then_some(files).ok_or(UploadFault::Unreadable)
    }
}

/// A file of an archive. Somebody may have packed it again with a folder around everything.
enum ArchivePart {
    Entries,
    /// With the board's ID.
    Board(String),
    /// With its file name.
    Picture(String),
}

impl ArchivePart {
    fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let folder = path
            .parent()?
            .file_name()
            .and_then(|folder| folder.to_str());
        if folder == Some(BOARDS_FOLDER) {
            return match name.rsplit_once('.')? {
                (id, "toml") => Some(Self::Board(id.to_owned())),
                (_, "png" | "jpg") => Some(Self::Picture(name.to_owned())),
                _ => None,
            };
        }
        (name == ENTRIES_FILE).then_some(Self::Entries)
    }
}

/// Whether a file's name means the same everywhere. Those of boards and pictures do.
fn is_plain(path: &Path) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.bytes().all(is_plain))
}

/// Without the byte order mark that some editors add.
fn read_text(bytes: Vec<u8>) -> Result<String, UploadFault> {
    let text = String::from_utf8(bytes).map_err(|_| UploadFault::Unreadable)?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> SettingsFiles {
        SettingsFiles {
            entries: ExportedEntries {
                toml: "[names]\n\"chat/1\" = \"Sälj\"\n".to_owned(),
                boards: vec![("hall".to_owned(), "title = \"Hall\"\n".to_owned())],
            },
            pictures: vec![("ab12.png".to_owned(), vec![1, 2, 3])],
        }
    }

    /// A ZIP file with one file of zeros.
    fn zeros(name: &str, length: usize) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![b'0'; length]).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_written_is_read_and_written_alike() {
        let zip = files().to_zip().unwrap();
        let read = SettingsFiles::read_upload(&zip).unwrap();
        assert_eq!(read, files());
        assert_eq!(read.to_zip().unwrap(), zip);
    }

    #[test]
    fn a_text_is_the_entries_alone() {
        let read = SettingsFiles::read_upload("\u{feff}[names]\n".as_bytes()).unwrap();
        assert_eq!(read.entries.toml, "[names]\n");
    }

    #[test]
    fn other_files_are_refused() {
        for (upload, fault) in [
            (b"PK\x03\x04 broken".to_vec(), UploadFault::Unreadable),
            (vec![0xff, 0xfe], UploadFault::Unreadable),
            (zeros("photo.jpg", 9), UploadFault::Unreadable),
            (zeros("boards/a\\b.toml", 9), UploadFault::Unreadable),
            // Small as a ZIP file, too large as it is.
            (zeros("x/boards/a.toml", 5_000_000), UploadFault::TooLarge),
        ] {
            assert_eq!(SettingsFiles::read_upload(&upload), Err(fault));
        }
    }
}
